import { healthSettings, ownTelemetrySettings, text, type Settings } from "@inferledger/runtime";
import { clickHouseSettings } from "@inferledger/store";
import { z } from "zod";

export const webhookSettings = {
  webhookUrl: {
    variable: "INFERLEDGER_WEBHOOK_URL",
    schema: z.url({ error: "must be an https URL" }).optional(),
    help: "where alerts are posted; nowhere when unset",
  },
  webhookAllow: {
    variable: "INFERLEDGER_WEBHOOK_ALLOW",
    schema: text(""),
    help: "hosts of webhooks that may be private or plain http, separated by commas",
  },
} satisfies Settings;

export const alerterSettings = {
  ...healthSettings(8092),
  ...webhookSettings,
  ...clickHouseSettings,
  ...ownTelemetrySettings,
} satisfies Settings;
