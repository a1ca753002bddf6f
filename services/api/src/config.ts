import { ownTelemetrySettings, port, servingSettings, type Settings } from "@inferledger/runtime";
import { clickHouseSettings } from "@inferledger/store";
import { kafkaSettings } from "@inferledger/stream";

export const apiSettings = {
  ...servingSettings,
  apiPort: { variable: "INFERLEDGER_API_PORT", schema: port(8080), help: "port for the api and the console" },
  ...kafkaSettings,
  ...clickHouseSettings,
  ...ownTelemetrySettings,
} satisfies Settings;
