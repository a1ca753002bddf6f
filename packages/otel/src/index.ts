export * from "./from-logs.ts";
export * from "./from-metrics.ts";
export * from "./from-traces.ts";
export * from "./from-usage-json.ts";
export * from "./otlp-response.ts";
export { MalformedOtlp } from "./protobuf-reader.ts";
export type { FromRecords, OtlpEncoding, Rejections } from "./read-records.ts";
export * from "./known-gaps.ts";
