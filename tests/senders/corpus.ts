import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Sighting, Link, LogLine } from "@inferledger/events";
import { fromOtlpLogs, fromOtlpTraces, type FromRecords } from "@inferledger/otel";
import { settleCalls, type Place, type Seen } from "@inferledger/settle";

const FOLDER = new URL("../../packages/otel/corpus/", import.meta.url);

/** What a local server that plays the provider said that it counted, for one call. */
export interface Truth {
  readonly provider: string;
  readonly api: string;
  readonly scenario: string;
  readonly model: string;
  readonly response_id?: string | null;
  readonly stream?: boolean;
  readonly billable: boolean;
  readonly usage_sent?: boolean;
  readonly usage: Readonly<Record<string, unknown>> | null;
}

export const SENDERS: readonly string[] = readdirSync(FOLDER).sort();

export const truthOf = (sender: string): Truth[] =>
  readFileSync(new URL(`${sender}/truth.jsonl`, FOLDER), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Truth);

export interface Body {
  readonly signal: "traces" | "logs" | "metrics";
  readonly encoding: "protobuf" | "json";
  readonly bytes: Buffer;
}

/** The bodies as the sender wrote them, in the order in which they came. */
export function bodiesOf(sender: string): Body[] {
  return readdirSync(new URL(`${sender}/`, FOLDER))
    .filter((file) => file.endsWith(".gz"))
    .sort()
    .map((file) => ({
      signal: (/-(traces|logs|metrics)\./.exec(file)?.[1] ?? "traces") as Body["signal"],
      encoding: file.includes(".json") ? "json" : "protobuf",
      bytes: gunzipSync(readFileSync(new URL(`${sender}/${file}`, FOLDER))),
    }));
}

export const readBody = ({ signal, encoding, bytes }: Body): FromRecords =>
  signal === "logs"
    ? fromOtlpLogs(bytes, encoding, { tenant: "default" })
    : signal === "traces"
      ? fromOtlpTraces(bytes, encoding, { tenant: "default" })
      : { lines: [], accepted: 0, rejected: {}, ignored: 0 };

/** Settles lines as the store and the settler do, without prices. Returns the rows that bill. */
export function settle(lines: readonly LogLine[]): Seen[] {
  const sightings = new Map<string, Sighting>();
  for (const line of lines) if (line.kind === "usage") sightings.set(`${line.call_key}/${line.sight}`, line);
  const rows = [...sightings.values()].map((sighting): Seen => ({
    sighting,
    model: "",
    amount: 0n,
    unpricedReason: "",
    priceVersion: 0,
    period: 0,
    billed: true,
    billedBy: undefined,
    rule: "",
  }));
  const { flips, calls } = settleCalls(rows, lines.flatMap(placesOf));
  const gone = new Set(flips.filter((f) => !f.billed).map((f) => `${f.callKey}/${f.sight}`));
  return [...rows.filter((r) => !gone.has(`${r.sighting.call_key}/${r.sighting.sight}`)), ...calls.map((c) => c.row)];
}

const placesOf = (line: Sighting | Link): Place[] => {
  if (line.kind === "link")
    return [
      {
        traceId: line.trace_id,
        spanId: line.span_id,
        parentId: line.parent_id,
        start: line.start,
        end: line.end,
        callKey: undefined,
        sight: 0,
      },
    ];
  if (line.trace_id === undefined) return [];
  return [
    {
      traceId: line.trace_id,
      spanId: line.span_id ?? "",
      parentId: line.parent_id ?? "",
      start: line.time,
      end: line.time + line.duration_ms,
      callKey: line.call_key,
      sight: line.sight,
    },
  ];
};

export interface Counted {
  readonly input: number;
  readonly output: number;
  readonly read: number;
  readonly written: number;
  readonly reasoning: number;
}

/** What the provider counted, all input and all output, cached tokens included. */
export function countOf({ usage }: Truth): Counted | undefined {
  if (!usage) return undefined;
  const get = (...path: readonly string[]): number => {
    let at: unknown = usage;
    for (const key of path)
      at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined;
    return typeof at === "number" ? at : 0;
  };
  const pick = (...values: readonly number[]): number => values.find((v) => v > 0) ?? 0;
  const exclusive = pick(get("cache_read_input_tokens"), get("cacheReadInputTokens"));
  const writes = pick(get("cache_creation_input_tokens"), get("cacheWriteInputTokens"));
  const thoughts = get("thoughtsTokenCount");
  return {
    input:
      pick(
        get("prompt_tokens"),
        get("input_tokens"),
        get("inputTokens"),
        get("promptTokenCount"),
        get("billed_units", "input_tokens"),
      ) +
      exclusive +
      writes,
    output:
      pick(
        get("completion_tokens"),
        get("output_tokens"),
        get("outputTokens"),
        get("candidatesTokenCount"),
        get("billed_units", "output_tokens"),
      ) + thoughts,
    read: pick(
      exclusive,
      get("prompt_tokens_details", "cached_tokens"),
      get("input_tokens_details", "cached_tokens"),
      get("cachedContentTokenCount"),
    ),
    written: pick(
      writes,
      get("input_tokens_details", "cache_write_tokens"),
      get("prompt_tokens_details", "cache_write_tokens"),
    ),
    reasoning: pick(
      thoughts,
      get("completion_tokens_details", "reasoning_tokens"),
      get("output_tokens_details", "reasoning_tokens"),
      get("output_tokens_details", "thinking_tokens"),
    ),
  };
}
