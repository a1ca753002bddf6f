import { healthSettings, ownTelemetrySettings, type Settings } from "@inferledger/runtime";
import { clickHouseSettings } from "@inferledger/store";
import { kafkaSettings } from "@inferledger/stream";

export const workerSettings = {
  ...healthSettings(8090),
  ...kafkaSettings,
  ...clickHouseSettings,
  ...ownTelemetrySettings,
} satisfies Settings;
