import { EARLIEST_MS, LATEST_MS, type LogLine } from "@inferledger/events";
import { decodeTracesJson } from "./decode-json.ts";
import { decodeTraces } from "./decode-protobuf.ts";
import { WrongCount } from "./dialects/dialect.ts";
import { dialectOf } from "./dialects/index.ts";
import { roleOf } from "./leaf.ts";
import type { Span } from "./span.ts";
import { toLink, toSighting, Unidentified } from "./to-sighting.ts";

export type OtlpEncoding = "protobuf" | "json";

export interface Rejections {
  [reason: string]: { count: number; readonly message: string };
}

export interface FromTraces {
  readonly lines: LogLine[];
  /** Sightings that came in, the rejected ones included. */
  readonly accepted: number;
  readonly rejected: Rejections;
  /** Spans that are not about model usage. */
  readonly ignored: number;
}

/**
 * An OTLP trace request as lines for the log: a sighting for every call of a model, a slim link for every
 * other span of a GenAI family. No prompt or completion text passes.
 * @throws MalformedOtlp when the body is no OTLP request
 */
export function fromOtlpTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: { readonly tenant: string },
): FromTraces {
  const spans = encoding === "protobuf" ? decodeTraces(body) : decodeTracesJson(body);
  const result = { lines: [] as LogLine[], accepted: 0, rejected: {} as Rejections, ignored: 0 };
  for (const span of spans) readSpan(span, context.tenant, result);
  return result;
}

function readSpan(
  span: Span,
  tenant: string,
  result: { lines: LogLine[]; accepted: number; rejected: Rejections; ignored: number },
): void {
  const dialect = dialectOf(span);
  if (!dialect) {
    result.ignored += 1;
    return;
  }
  const isCall = roleOf(span) === "call";
  if (!isCall) {
    const link = inRange(span) ? toLink(span, tenant) : undefined;
    if (link) result.lines.push(link);
    result.ignored += 1;
    return;
  }
  try {
    if (!inRange(span))
      throw new Unidentified(
        "time_out_of_range",
        "a span's start must lie between 1970 and 2106: set the sender's clock",
      );
    const sighting = toSighting(span, dialect, tenant);
    if (!sighting) {
      const link = toLink(span, tenant);
      if (link) result.lines.push(link);
      result.ignored += 1;
      return;
    }
    result.lines.push(sighting);
    result.accepted += 1;
  } catch (thrown) {
    if (!(thrown instanceof WrongCount || thrown instanceof Unidentified)) throw thrown;
    result.accepted += 1;
    reject(result.rejected, thrown instanceof Unidentified ? thrown.reason : "wrong_count", thrown.message);
  }
}

export function reject(rejected: Rejections, reason: string, message: string): void {
  const known = rejected[reason];
  if (known) known.count += 1;
  else rejected[reason] = { count: 1, message };
}

const inRange = ({ startMs }: Span): boolean => startMs > EARLIEST_MS && startMs <= LATEST_MS;
