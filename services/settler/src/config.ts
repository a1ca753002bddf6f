import { healthSettings, ownTelemetrySettings, type Settings } from "@inferledger/runtime";
import { clickHouseSettings } from "@inferledger/store";

export const settlerSettings = {
  ...healthSettings(8091),
  ...clickHouseSettings,
  ...ownTelemetrySettings,
} satisfies Settings;
