import { alerterSettings, webhookSettings } from "@inferledger/alerter";
import { apiSettings } from "@inferledger/api";
import { collectorSettings } from "@inferledger/collector";
import { workerSettings } from "@inferledger/pricing-worker";
import { ownTelemetrySettings, port, servingSettings, text, type Settings } from "@inferledger/runtime";
import { settlerSettings } from "@inferledger/settler";

/** Settings of `npm start`: everything on embedded parts. */
export const allSettings = {
  data: { variable: "INFERLEDGER_DATA", schema: text(".inferledger"), help: "folder for the log and the ledger" },
  ...servingSettings,
  otlpHttpPort: collectorSettings.otlpHttpPort,
  apiPort: apiSettings.apiPort,
  doorPort: {
    variable: "INFERLEDGER_DOOR_PORT",
    schema: port(8123),
    help: "port of the read-only ClickHouse HTTP door",
  },
  ...webhookSettings,
  ...ownTelemetrySettings,
} satisfies Settings;

/** Every service's settings, for `inferledger config`. */
export const SETTINGS_BY_SERVICE: Readonly<Record<string, Settings>> = {
  "npm start": allSettings,
  collector: collectorSettings,
  "pricing-worker": workerSettings,
  settler: settlerSettings,
  alerter: alerterSettings,
  api: apiSettings,
};
