import fc from "fast-check";
import type { LogLine } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { splitJson, splitRequest } from "../../packages/otel/src/otlp-schema.fixture.ts";
import { compare } from "./compare.ts";
import { bodiesOf, readBody, SENDERS, settle, type Body } from "./corpus.ts";

/** Bodies as real senders wrote them, against what the server that they called says that it counted. */

const split = ({ signal, encoding, bytes }: Body): Body[] => {
  if (signal === "metrics") return [];
  const type = signal === "traces" ? "TraceRequest" : "LogsRequest";
  const parts = encoding === "json" ? splitJson(type, bytes) : splitRequest(type, bytes);
  return parts.map((part) => ({ signal, encoding, bytes: Buffer.from(part) }));
};

const billedOf = (lines: readonly LogLine[]) =>
  settle(lines).map(({ sighting: s }) => ({ tokens: s.tokens, evidence: s.evidence }));

describe.each(SENDERS)("what %s sent", (sender) => {
  test("bills every call exactly once with the provider's numbers, or names why its sender cannot tell it", () => {
    const read = bodiesOf(sender).map(readBody);
    expect(read.map((r) => r.rejected)).toEqual(read.map(() => ({})));
    expect(compare(sender, billedOf(read.flatMap((r) => r.lines))).faults).toEqual([]);
  });

  test("bills the same in any order, in requests of any size, and sent twice", () => {
    const lines = bodiesOf(sender).flatMap((body) => readBody(body).lines);
    const inOrder = summary(lines);
    const apart = bodiesOf(sender)
      .flatMap(split)
      .flatMap((body) => readBody(body).lines);
    expect(summary(apart)).toEqual(inOrder);
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), fc.subarray(lines), (shuffled, again) => {
        expect(summary([...shuffled, ...again])).toEqual(inOrder);
      }),
      { numRuns: 10 },
    );
  });
});

const summary = (lines: readonly LogLine[]): string[] =>
  settle(lines)
    .map(({ sighting: s, rule }) =>
      JSON.stringify([s.call_key, s.time, s.reported_model, s.evidence, s.tokens, s.attribution, rule]),
    )
    .sort();
