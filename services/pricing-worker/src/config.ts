import { port, text, type Settings } from "@inferledger/runtime";
import { z } from "zod";

export const workerSettings = {
  host: { variable: "INFERLEDGER_HOST", schema: text("127.0.0.1"), help: "address for /healthz, /readyz and /metrics" },
  healthPort: {
    variable: "INFERLEDGER_HEALTH_PORT",
    schema: port(8090),
    help: "port for /healthz, /readyz and /metrics",
  },
  kafkaBrokers: {
    variable: "INFERLEDGER_KAFKA_BROKERS",
    schema: text("127.0.0.1:19092"),
    help: "Kafka bootstrap servers, host:port separated by commas",
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
  otlpEndpoint: {
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    schema: z.string().optional(),
    help: "where to send inferledger's own traces; nowhere when unset",
  },
} satisfies Settings;
