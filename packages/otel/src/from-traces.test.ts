import { linkSchema, SELF_SIGHT, sightingSchema, type Sighting } from "@inferledger/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromOtlpTraces, MalformedOtlp } from "./index.ts";
import { CHAT, double, int, request, text, toJsonBody, toProtobuf, TRACE } from "./otlp-schema.fixture.ts";

const context = { tenant: "default" };
const read = (attributes: readonly object[], parts: Parameters<typeof request>[1] = {}) =>
  fromOtlpTraces(toProtobuf("TraceRequest", request(attributes, parts)), "protobuf", context);
const one = (attributes: readonly object[], parts: Parameters<typeof request>[1] = {}): Sighting => {
  const { lines, rejected } = read(attributes, parts);
  expect(rejected).toEqual({});
  expect(lines).toHaveLength(1);
  return sightingSchema.parse(lines[0]);
};
const usage = (input: number, output: number) => [
  int("gen_ai.usage.input_tokens", input),
  int("gen_ai.usage.output_tokens", output),
];
const CACHED = [...usage(100, 10), int("gen_ai.usage.cache_read.input_tokens", 30)];

describe("what a call used", () => {
  test("input contains cached tokens by the convention, and output contains reasoning", () => {
    expect(one([...CHAT, ...CACHED, int("gen_ai.usage.reasoning.output_tokens", 4)])).toMatchObject({
      evidence: "exact",
      tokens: { input_uncached: 70, input_cache_read: 30, output_text: 6, output_reasoning: 4 },
    });
  });
  test("the older names are the same call", () => {
    const old = [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.system", "az.ai.openai"),
      int("gen_ai.usage.prompt_tokens", 7),
      int("gen_ai.usage.completion_tokens", 3),
    ];
    expect(one(old)).toMatchObject({ provider: "azure.ai.openai", tokens: { input_uncached: 7, output_text: 3 } });
  });
  test("Bedrock's input does not contain cached tokens", () => {
    expect(
      one([text("gen_ai.operation.name", "chat"), text("gen_ai.provider.name", "aws.bedrock"), ...CACHED]).tokens,
    ).toEqual({ input_uncached: 100, input_cache_read: 30, output_text: 10 });
  });
  test("OpenLIT's Anthropic input does not contain cached tokens, though it uses the convention's names", () => {
    expect(one([...CHAT, ...CACHED], { scope: "openlit.instrumentation.anthropic" }).tokens.input_uncached).toBe(100);
  });
  test("more cached than input proves that input does not contain it, and so does a total that adds it", () => {
    expect(one([...CHAT, ...usage(5, 1), int("gen_ai.usage.cache_read.input_tokens", 30)]).tokens.input_uncached).toBe(
      5,
    );
    expect(one([...CHAT, ...CACHED, int("gen_ai.usage.total_tokens", 140)]).tokens.input_uncached).toBe(100);
  });
  test("where the sender contradicts itself nothing goes below 0, graded as an upper bound, and the figures sent are kept", () => {
    const sighting = one([...CHAT, ...usage(5, 1), int("gen_ai.usage.cache_read.input_tokens", 30)], {
      scope: "com.anthropic.sdk.python",
    });
    expect(sighting).toMatchObject({
      evidence: "upper_bound",
      tokens: { input_uncached: 5, input_cache_read: 30 },
      raw: { input: 5, cache_read: 30, inclusive: 0, inclusion_rule: 5 },
    });
    expect(one([...CHAT, ...usage(5, 1), int("gen_ai.usage.reasoning_tokens", 3)])).toMatchObject({
      evidence: "upper_bound",
      tokens: { output_reasoning: 3 },
    });
  });
  test("a call that succeeded without usage is a sighting with missing evidence, never silence; zeros are no usage", () => {
    for (const attributes of [
      CHAT,
      [...CHAT, ...usage(0, 0)],
      [...CHAT, double("gen_ai.usage.input_tokens", Number.NaN)],
    ]) {
      expect(one(attributes)).toMatchObject({ evidence: "missing", tokens: {}, requests: 1 });
    }
  });
  test("a call that failed without usage is no sighting but a link; one that failed with usage is billed", () => {
    const failed = read(CHAT, { status: { code: 2 } });
    expect(failed).toMatchObject({ accepted: 0, ignored: 1 });
    linkSchema.parse(failed.lines[0]);
    expect(one([...CHAT, ...usage(5, 1)], { status: { code: 2 } }).evidence).toBe("exact");
  });
  test("whole doubles and numeric text are counts", () => {
    expect(
      one([...CHAT, double("gen_ai.usage.input_tokens", 1514), text("gen_ai.usage.output_tokens", "50.0")]).tokens,
    ).toEqual({ input_uncached: 1514, output_text: 50 });
  });
  test("an embedding has no output", () => {
    expect(one([text("gen_ai.operation.name", "embeddings"), int("gen_ai.usage.input_tokens", 9)])).toMatchObject({
      evidence: "exact",
      tokens: { input_uncached: 9 },
    });
  });
  test.each([
    ["a fraction", double("gen_ai.usage.input_tokens", 1.5)],
    ["a negative", int("gen_ai.usage.input_tokens", -1)],
    ["above 2^53", int("gen_ai.usage.input_tokens", "9007199254740993")],
    ["infinite", double("gen_ai.usage.input_tokens", Infinity)],
    ["text", text("gen_ai.usage.input_tokens", "SECRET many")],
    ["true", { key: "gen_ai.usage.input_tokens", value: { boolValue: true } }],
  ])("a count that is %s is rejected with its name, and its neighbours live", (_, attribute) => {
    const body = request([...CHAT, attribute]);
    body.resourceSpans.push(...request([...CHAT, ...usage(5, 1)], { spanId: "eee19b7ec3c1b175" }).resourceSpans);
    const result = fromOtlpTraces(toProtobuf("TraceRequest", body), "protobuf", context);
    expect(result).toMatchObject({ accepted: 2, rejected: { wrong_count: { count: 1 } } });
    expect(result.rejected.wrong_count?.message).toContain("gen_ai.usage.input_tokens");
    expect(result.rejected.wrong_count?.message).not.toContain("SECRET");
    expect(result.lines).toHaveLength(1);
  });
});

describe("which spans are calls", () => {
  test.each(["execute_tool", "agent_step", "fetch_response", "retrieval"])(
    "%s is never billed, though it repeats usage: it is a link",
    (operation) => {
      const { lines, accepted, ignored } = read([text("gen_ai.operation.name", operation), ...usage(5, 1)]);
      expect({ kinds: lines.map((l) => l.kind), accepted, ignored }).toEqual({
        kinds: ["link"],
        accepted: 0,
        ignored: 1,
      });
    },
  );
  test.each(["invoke_agent", "invoke_workflow", "create_agent"])(
    "%s is an aggregate with usage, which bills only without the calls below it, and a link without",
    (operation) => {
      expect(one([text("gen_ai.operation.name", operation), ...usage(5, 1)])).toMatchObject({
        role: "aggregate",
        evidence: "estimated",
      });
      expect(read([text("gen_ai.operation.name", operation)]).lines[0]?.kind).toBe("link");
    },
  );
  test("of the AI SDK the inner span is the call, the outer an aggregate; where nothing tells the cached part it is an upper bound", () => {
    expect(one([text("ai.operationId", "ai.generateText"), int("ai.usage.promptTokens", 5)]).role).toBe("aggregate");
    expect(
      one([
        text("ai.operationId", "ai.generateText.doGenerate"),
        int("ai.usage.promptTokens", 5),
        int("ai.usage.completionTokens", 2),
      ]),
    ).toMatchObject({ dialect: "ai-sdk", evidence: "upper_bound", tokens: { input_uncached: 5, output_text: 2 } });
  });
  test("a span with token counts and nothing else of a convention does not pass unseen", () => {
    expect(one(usage(5, 1)).tokens).toEqual({ input_uncached: 5, output_text: 1 });
  });
  test("other spans are counted as ignored and leave nothing", () => {
    expect(read([text("http.method", "GET")])).toEqual({ lines: [], accepted: 0, rejected: {}, ignored: 1 });
  });
});

describe("who a call is", () => {
  const id = (value: string) => [...CHAT, ...usage(5, 1), text("gen_ai.response.id", value)];
  test("a long response id names the call whatever span and service saw it", () => {
    const a = one(id("chatcmpl-0123456789abcdefghij"));
    const b = one([...id("chatcmpl-0123456789abcdefghij"), text("gen_ai.system", "litellm")], {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
    });
    expect([a.call_key, a.may_twin]).toEqual([b.call_key, "keyed"]);
    expect(a.sight).not.toBe(b.sight);
  });
  test("a mere counter as response id names a call only within its trace: another trace's call is not lost", () => {
    expect(one(id("chatcmpl-123")).call_key).not.toBe(one(id("chatcmpl-123"), { traceId: "1".repeat(32) }).call_key);
    expect(one(id("chatcmpl-123")).call_key).toBe(one(id("chatcmpl-123"), { spanId: "2".repeat(16) }).call_key);
  });
  test("a request id given as response id is the same key as a request id", () => {
    expect(one(id("req_011CUabcdefghijklmnopq")).call_key).toBe(
      one([...CHAT, ...usage(5, 1), text("anthropic.request.id", "req_011CUabcdefghijklmnopq")]).call_key,
    );
  });
  test("without such ids the span is its own call", () => {
    expect(one([...CHAT, ...usage(5, 1)])).toMatchObject({ sight: SELF_SIGHT, may_twin: "none", trace_id: TRACE });
  });
  test("all-zero and short ids are no ids: a response id and the start stand in, else the span is rejected", () => {
    for (const parts of [{ traceId: "0".repeat(32) }, { spanId: "00" }]) {
      expect(one(id("chatcmpl-0123456789abcdefghij"), parts).trace_id).toBeUndefined();
      expect(read([...CHAT, ...usage(5, 1)], parts)).toMatchObject({
        accepted: 1,
        lines: [],
        rejected: { no_identity: { count: 1 } },
      });
    }
  });
  test.each(["0", "4291747200000000000", "18446744073709551615"])(
    "a start of %s ns is out of range",
    (startTimeUnixNano) => {
      expect(read([...CHAT, ...usage(5, 1)], { startTimeUnixNano })).toMatchObject({
        accepted: 1,
        rejected: { time_out_of_range: { count: 1 } },
      });
    },
  );
  test("times are exact milliseconds", () => {
    expect(one([...CHAT, ...usage(5, 1)], { startTimeUnixNano: "1795417678595999999" })).toMatchObject({
      time: 1795417678595,
      duration_ms: 1000,
    });
  });
});

describe("the wire", () => {
  const value = fc.oneof(
    fc.string().map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => ({ intValue: String(n) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
    fc.nat(5000).map((n) => ({ intValue: String(n) })),
  );
  const key = fc.constantFrom(
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.response.id",
    "gen_ai.response.model",
    "team",
    "user.id",
    "other",
  );
  const attributes = fc.array(fc.record({ key, value }), { maxLength: 12 });

  test("JSON and protobuf give the same lines, whatever the attributes", () => {
    fc.assert(
      fc.property(attributes, fc.constantFrom("AAAABBBBCCCCDDDD", "00", "0000000000000000"), (list, spanId) => {
        const body = request([...CHAT, ...list], { spanId });
        expect(fromOtlpTraces(toJsonBody(body), "json", context)).toEqual(
          fromOtlpTraces(toProtobuf("TraceRequest", body), "protobuf", context),
        );
      }),
      { numRuns: 300 },
    );
  });
  test("whatever is read is a valid line", () => {
    fc.assert(
      fc.property(attributes, (list) => {
        for (const line of read([...CHAT, ...list]).lines)
          expect((line.kind === "usage" ? sightingSchema : linkSchema).safeParse(line).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
  test("a body cut short or changed anywhere is read or is MalformedOtlp, nothing else", () => {
    const whole = toProtobuf("TraceRequest", request([...CHAT, ...CACHED]));
    const tryRead = (body: Uint8Array): void => {
      try {
        fromOtlpTraces(body, "protobuf", context);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MalformedOtlp);
      }
    };
    for (let cut = 0; cut < whole.length; cut += 1) tryRead(whole.subarray(0, cut));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const body = Uint8Array.from(whole);
          for (const [at, byte] of changes) body[at] = byte;
          tryRead(body);
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), tryRead), { numRuns: 1000 });
  });
  test.each([
    ["a varint of 11 bytes", [0x0a, ...Array.from({ length: 10 }, () => 0x80), 1]],
    ["a length beyond the body", [0x0a, 0x7f]],
    ["a group", [0x0b]],
    ["field number 0", [0x02, 0x00]],
    ["a wrong wire type", [0x08, 0x01]],
  ])("%s is malformed", (_, bytes) => {
    expect(() => fromOtlpTraces(Uint8Array.from(bytes), "protobuf", context)).toThrow(MalformedOtlp);
  });
  test.each([
    "",
    "null",
    "[]",
    '{"resourceSpans":7}',
    '{"resourceMetrics":[]}',
    '{"resourceSpans":[{"scopeSpans":{}}]}',
  ])("the JSON body %s is malformed", (body) => {
    expect(() => fromOtlpTraces(Buffer.from(body), "json", context)).toThrow(MalformedOtlp);
  });
  test("an empty request is a good one, and an empty value is an absent attribute", () => {
    expect(fromOtlpTraces(new Uint8Array(), "protobuf", context).lines).toEqual([]);
    expect(fromOtlpTraces(Buffer.from("{}"), "json", context).lines).toEqual([]);
    expect(
      fromOtlpTraces(toJsonBody(request([...CHAT, ...usage(5, 1), { key: "team", value: {} }])), "json", context)
        .lines[0],
    ).toMatchObject({ attribution: {} });
  });
  test("an attribute whose value comes before its key on the wire is read", () => {
    const body = Buffer.from(toProtobuf("TraceRequest", request([...CHAT, ...usage(5, 1), text("team", "blue")])));
    const swapped = Buffer.from([0x12, 6, 0x0a, 4, ...Buffer.from("blue"), 0x0a, 4, ...Buffer.from("team")]);
    const at = body.indexOf(Buffer.from([0x0a, 4, ...Buffer.from("team")]));
    expect(
      fromOtlpTraces(
        Buffer.concat([body.subarray(0, at), swapped, body.subarray(at + swapped.length)]),
        "protobuf",
        context,
      ).lines[0],
    ).toMatchObject({ attribution: { team: "blue" } });
  });
  test("no text of a prompt or completion is in any answer, wherever a sender puts it", () => {
    const carriers = [
      "gen_ai.input.messages",
      "gen_ai.output.messages",
      "gen_ai.system_instructions",
      "gen_ai.prompt.0.content",
      "gen_ai.completion.0.content",
      "ai.prompt",
      "ai.response.text",
      "llm.input_messages.0.message.content",
      "input.value",
      "output.value",
      "gen_ai.tool.call.arguments",
      "gen_ai.usage.input_token_details",
      "gen_ai.usage.input_tokens",
      "anthropic.response.content",
      "traceloop.entity.input",
    ];
    fc.assert(
      fc.property(fc.subarray(carriers), fc.constantFrom("chat", "invoke_agent", ""), (keys, operation) => {
        const list = [
          text("gen_ai.operation.name", operation),
          text("gen_ai.provider.name", "openai"),
          ...keys.map((k) => text(k, "PLANTED-CONTENT")),
        ];
        const body = request(list);
        const both = [
          fromOtlpTraces(toProtobuf("TraceRequest", body), "protobuf", context),
          fromOtlpTraces(toJsonBody(body), "json", context),
        ];
        expect(JSON.stringify(both)).not.toContain("PLANTED");
      }),
    );
  });
});

test("whose a call is comes from the span, then from the resource; a value over 1,024 characters names nobody", () => {
  const sighting = one([
    ...CHAT,
    ...usage(5, 1),
    text("team.name", "search"),
    text("user.id", "x".repeat(1025)),
    text("customer.id", "acme"),
  ]);
  expect(sighting).toMatchObject({
    service: "shop",
    instance: "shop-1",
    attribution: { team: "search", customer: "acme" },
  });
  expect(sighting.attribution.user).toBeUndefined();
});
