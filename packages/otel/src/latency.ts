import { readNumber } from "./read-value.ts";
import type { Attributes } from "./record.ts";

/** Senders' names for the time to the first token, and what one unit of theirs is in milliseconds. */
const FIRST_TOKEN: readonly (readonly [string, number])[] = [
  ["gen_ai.response.time_to_first_chunk", 1000],
  ["gen_ai.latency.time_to_first_token", 1000],
  ["gen_ai.client.operation.time_to_first_chunk", 1000],
  // Strands: whole milliseconds under a name whose unit is seconds elsewhere; a double is seconds.
  ["gen_ai.server.time_to_first_token", 0],
  ["ttft_ms", 1],
  ["ai.response.msToFirstChunk", 1],
  ["ai.stream.msToFirstChunk", 1],
  ["copilot_chat.time_to_first_token", 1],
  ["github.copilot.time_to_first_token", 1],
];
export const LATENCY_NAMES = [
  ...FIRST_TOKEN.map(([name]) => name),
  "duration_ms",
  "langfuse.observation.completion_start_time",
];

const DAY_MS = 86_400_000;

/** Milliseconds to the first token; 0 = not reported. */
export function firstTokenMs(attributes: Attributes, startMs: number): number {
  for (const [name, unit] of FIRST_TOKEN) {
    const value = readNumber(attributes, name);
    if (value === undefined) continue;
    const ms = value * (unit || (Number.isInteger(value) ? 1 : 1000));
    if (ms < DAY_MS) return Math.round(ms);
  }
  const at = Date.parse(String(attributes.get("langfuse.observation.completion_start_time") ?? "").replaceAll('"', ""));
  return at >= startMs && at - startMs < DAY_MS ? at - startMs : 0;
}

/** Milliseconds of the whole call: a span's own length; of a log record what it says. */
export function durationMs(record: {
  readonly signal: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
}): number {
  if (record.signal === "span") return Math.max(0, record.endMs - record.startMs);
  const said = readNumber(record.attributes, "duration_ms") ?? 0;
  return said < DAY_MS ? Math.round(said) : 0;
}
