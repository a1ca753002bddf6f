import { decodeLogsJson } from "./decode-json.ts";
import { decodeLogs } from "./decode-logs.ts";
import { readRecords, type FromRecords, type OtlpEncoding } from "./read-records.ts";

/**
 * An OTLP log request as lines for the log: a sighting for every event that tells of a call. No text of a prompt or
 * a completion passes.
 * @throws MalformedOtlp when the body is no OTLP request
 */
export const fromOtlpLogs = (
  body: Uint8Array,
  encoding: OtlpEncoding,
  { tenant }: { readonly tenant: string },
): FromRecords => readRecords(encoding === "protobuf" ? decodeLogs(body) : decodeLogsJson(body), tenant);
