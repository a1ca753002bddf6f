import { ownTelemetrySettings, port, servingSettings, type Settings } from "@inferledger/runtime";
import { kafkaSettings } from "@inferledger/stream";

export const collectorSettings = {
  ...servingSettings,
  otlpHttpPort: { variable: "INFERLEDGER_OTLP_HTTP_PORT", schema: port(4318), help: "port for OTLP/HTTP" },
  ...kafkaSettings,
  ...ownTelemetrySettings,
} satisfies Settings;
