import { EARLIEST_MS, LATEST_MS, type LogLine } from "@inferledger/events";
import type { Dialect } from "./dialects/dialect.ts";
import { dialectOf } from "./dialects/index.ts";
import { Unidentified } from "./identity.ts";
import { WrongCount } from "./read-value.ts";
import type { TelemetryRecord } from "./record.ts";
import { toLink, toSighting } from "./to-sighting.ts";

export type OtlpEncoding = "protobuf" | "json";

export interface Rejections {
  [reason: string]: { count: number; readonly message: string };
}

/** What a request gave. Every record of it is in one of the counts. */
export interface FromRecords {
  readonly lines: LogLine[];
  /** Sightings that came in, the rejected ones included. */
  readonly accepted: number;
  readonly rejected: Rejections;
  /** Records that are not about model usage. */
  readonly ignored: number;
}

type Result = { lines: LogLine[]; accepted: number; rejected: Rejections; ignored: number };

/** Spans and log records as lines: a sighting for each call, a slim link for each other span of a GenAI family. */
export function readRecords(records: readonly TelemetryRecord[], tenant: string): FromRecords {
  const result: Result = { lines: [], accepted: 0, rejected: {}, ignored: 0 };
  for (const record of records) {
    const dialect = dialectOf(record);
    if (dialect) readRecord(record, dialect, { tenant, result });
    else result.ignored += 1;
  }
  return result;
}

function readRecord(
  record: TelemetryRecord,
  dialect: Dialect,
  { tenant, result }: { readonly tenant: string; readonly result: Result },
): void {
  const role = dialect.role(record);
  if (role === "link" || role === "ignore") return passBy(record, tenant, result);
  try {
    if (!inRange(record))
      throw new Unidentified(
        "time_out_of_range",
        "a record's time must lie between 1970 and 2106: set the sender's clock",
      );
    const sighting = toSighting(record, dialect, { tenant, role });
    if (!sighting) return passBy(record, tenant, result);
    result.lines.push(sighting);
    result.accepted += 1;
  } catch (thrown) {
    if (!(thrown instanceof WrongCount || thrown instanceof Unidentified)) throw thrown;
    result.accepted += 1;
    reject(result.rejected, thrown instanceof Unidentified ? thrown.reason : "wrong_count", thrown.message);
  }
}

/** Not a call: kept as a link where it lies in a trace, as leaves and twins are found through ancestors. */
function passBy(record: TelemetryRecord, tenant: string, result: Result): void {
  const link = inRange(record) ? toLink(record, tenant) : undefined;
  if (link) result.lines.push(link);
  result.ignored += 1;
}

export function reject(rejected: Rejections, reason: string, message: string): void {
  const known = rejected[reason];
  if (known) known.count += 1;
  else rejected[reason] = { count: 1, message };
}

const inRange = ({ startMs }: TelemetryRecord): boolean => startMs > EARLIEST_MS && startMs <= LATEST_MS;
