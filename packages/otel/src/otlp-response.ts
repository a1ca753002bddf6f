import type { OtlpEncoding } from "./read-records.ts";

/** What a sender is told: OTLP's partial success, and google.rpc.Status for errors, in the request's encoding. */

const text = new TextEncoder();
const REJECTED = { traces: "rejectedSpans", logs: "rejectedLogRecords", metrics: "rejectedDataPoints" } as const;

export function encodeSuccess(
  signal: keyof typeof REJECTED,
  encoding: OtlpEncoding,
  outcome: { readonly rejected: number; readonly message: string },
): Uint8Array {
  const empty = outcome.rejected === 0 && outcome.message === "";
  if (encoding === "json") {
    const key = REJECTED[signal];
    return text.encode(
      JSON.stringify(
        empty ? {} : { partialSuccess: { [key]: String(outcome.rejected), errorMessage: outcome.message } },
      ),
    );
  }
  if (empty) return new Uint8Array();
  return field(1, concat([tagged(1, 0), varint(outcome.rejected), field(2, text.encode(outcome.message))]));
}

/** google.rpc.Code for an HTTP status: INVALID_ARGUMENT, UNAUTHENTICATED, NOT_FOUND, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 404: 5, 405: 12, 413: 8, 415: 3, 503: 14 };

export function encodeStatus(message: string, encoding: OtlpEncoding, status: number): Uint8Array {
  const code = CODES[status] ?? 2;
  if (encoding === "json") return text.encode(JSON.stringify({ code, message }));
  return concat([tagged(1, 0), varint(code), field(2, text.encode(message))]);
}

const tagged = (number: number, wire: number): Uint8Array => varint(number * 8 + wire);
const field = (number: number, value: Uint8Array): Uint8Array =>
  concat([tagged(number, 2), varint(value.byteLength), value]);

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
