import { decodeTracesJson } from "./decode-json.ts";
import { decodeTraces } from "./decode-protobuf.ts";
import { readRecords, type FromRecords, type OtlpEncoding } from "./read-records.ts";

/**
 * An OTLP trace request as lines for the log: a sighting for every call of a model, a slim link for every
 * other span of a GenAI family. No prompt or completion text passes.
 * @throws MalformedOtlp when the body is no OTLP request
 */
export const fromOtlpTraces = (
  body: Uint8Array,
  encoding: OtlpEncoding,
  { tenant }: { readonly tenant: string },
): FromRecords => readRecords(encoding === "protobuf" ? decodeTraces(body) : decodeTracesJson(body), tenant);
