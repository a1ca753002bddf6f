import { toProtobuf } from "@inferledger/otel/otlp-schema.fixture";

export const SPANS_PER_BODY = 500;
const TEAMS = ["search", "support", "ads", "research", "platform"];
const MODELS = ["gpt-5-mini", "gpt-4.1", "claude-haiku-4-5", "claude-sonnet-5", "gemini-3.8-flash"];

/**
 * OTLP/protobuf requests of 500 chat spans, each with its own ids. One body is encoded by another implementation
 * of protobuf; its ids, which all have a fixed length, are written over for every further one.
 */
export function createBodies(): { readonly bytes: number; next(): Uint8Array } {
  const template = Buffer.from(toProtobuf("TraceRequest", requestOf(SPANS_PER_BODY)));
  const places = findPlaces(template);
  let count = 0;
  return {
    bytes: template.byteLength,
    next() {
      const body = Buffer.from(template);
      for (const { trace, span, response } of places) {
        count += 1;
        const id = count.toString(16).padStart(16, "0");
        body.write(id, trace + 8, 8, "hex");
        body.write(id, span, 8, "hex");
        body.write(id, response, 16, "latin1");
      }
      return body;
    },
  };
}

const START_NS = BigInt(Math.floor(Date.now() / 3_600_000) * 3_600_000) * 1_000_000n;
const MARK = "cafecafecafecafe";

const requestOf = (spans: number): object => ({
  resourceSpans: [
    {
      resource: {
        attributes: [
          text("service.name", "gateway"),
          text("service.instance.id", "gateway-7d9f"),
          text("deployment.environment.name", "production"),
          text("telemetry.sdk.language", "nodejs"),
        ],
      },
      scopeSpans: [
        {
          scope: { name: "@opentelemetry/instrumentation-openai", version: "0.22.0" },
          spans: Array.from({ length: spans }, (_, i) => toSpan(i)),
        },
      ],
    },
  ],
});

const toSpan = (i: number): object => ({
  traceId: `${MARK}${MARK}`,
  spanId: MARK,
  name: "chat",
  kind: 3,
  startTimeUnixNano: String(START_NS + BigInt(i) * 1_000_000n),
  endTimeUnixNano: String(START_NS + BigInt(i + 900) * 1_000_000n),
  attributes: [
    text("gen_ai.operation.name", "chat"),
    text("gen_ai.provider.name", i % 5 < 2 ? "openai" : i % 5 < 4 ? "anthropic" : "gcp.gemini"),
    text("gen_ai.request.model", MODELS[i % 5] ?? ""),
    text("gen_ai.response.model", MODELS[i % 5] ?? ""),
    text("gen_ai.response.id", `chatcmpl-${MARK}`),
    int("gen_ai.usage.input_tokens", 100 + i * 7),
    int("gen_ai.usage.output_tokens", 10 + i),
    int("gen_ai.usage.cache_read.input_tokens", i),
    text("team", TEAMS[(i % 7) % 5] ?? ""),
    text("user.id", `user-${i % 100}`),
    text("server.address", "api.example.com"),
    int("server.port", 443),
  ],
});

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const int = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

interface Places {
  readonly trace: number;
  readonly span: number;
  readonly response: number;
}

/** Where the marks stand, span by span: a trace id of 16 bytes, a span id of 8, and the response id's text. */
function findPlaces(template: Buffer): Places[] {
  const places: Places[] = [];
  const id = Buffer.from(MARK, "hex");
  for (let at = template.indexOf(id); at !== -1;) {
    const span = template.indexOf(id, at + 16);
    const response = template.indexOf(MARK, span, "latin1");
    places.push({ trace: at, span, response });
    at = template.indexOf(id, response + 16);
  }
  if (places.length !== SPANS_PER_BODY) throw new Error(`${places.length} places for ${SPANS_PER_BODY} spans`);
  return places;
}
