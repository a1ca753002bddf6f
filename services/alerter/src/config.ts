import { port, text, type Settings } from "@inferledger/runtime";
import { z } from "zod";

export const alerterSettings = {
  host: { variable: "INFERLEDGER_HOST", schema: text("127.0.0.1"), help: "address for /healthz, /readyz and /metrics" },
  healthPort: {
    variable: "INFERLEDGER_HEALTH_PORT",
    schema: port(8092),
    help: "port for /healthz, /readyz and /metrics",
  },
  clickhouseUrl: {
    variable: "INFERLEDGER_CLICKHOUSE_URL",
    schema: z.url({ error: "must be a URL such as http://127.0.0.1:8123" }).default("http://127.0.0.1:8123"),
    help: "ClickHouse HTTP endpoint",
  },
  clickhouseUser: { variable: "INFERLEDGER_CLICKHOUSE_USER", schema: text("default"), help: "ClickHouse user" },
  clickhousePasswordFile: {
    variable: "INFERLEDGER_CLICKHOUSE_PASSWORD_FILE",
    schema: z.string().optional(),
    help: "file that holds the ClickHouse password; none when unset",
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
