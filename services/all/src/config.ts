import { port, text, type Settings } from "@inferledger/runtime";
import { z } from "zod";

/** Settings of `npm start`: everything on embedded parts. */
export const allSettings = {
  data: { variable: "INFERLEDGER_DATA", schema: text(".inferledger"), help: "folder for the log and the ledger" },
  host: {
    variable: "INFERLEDGER_HOST",
    schema: text("127.0.0.1"),
    help: "address to listen on; beyond loopback INFERLEDGER_ADMIN_KEY_FILE is required",
  },
  otlpHttpPort: { variable: "INFERLEDGER_OTLP_HTTP_PORT", schema: port(4318), help: "port for OTLP/HTTP" },
  apiPort: { variable: "INFERLEDGER_API_PORT", schema: port(8080), help: "port for the api and the console" },
  doorPort: {
    variable: "INFERLEDGER_DOOR_PORT",
    schema: port(8123),
    help: "port of the read-only ClickHouse HTTP door",
  },
  adminKeyFile: {
    variable: "INFERLEDGER_ADMIN_KEY_FILE",
    schema: z.string().optional(),
    help: "file that holds the key which callers must send as a bearer token",
  },
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
  otlpEndpoint: {
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    schema: z.string().optional(),
    help: "where to send inferledger's own traces; nowhere when unset",
  },
} satisfies Settings;
