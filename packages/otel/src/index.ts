export * from "./from-metrics.ts";
export * from "./from-traces.ts";
export * from "./from-usage-json.ts";
export * from "./otlp-response.ts";
export { MalformedOtlp } from "./protobuf-reader.ts";
