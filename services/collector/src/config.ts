import { choice, port, text, type Settings } from "@inferledger/runtime";
import { z } from "zod";

export const collectorSettings = {
  host: {
    variable: "INFERLEDGER_HOST",
    schema: text("127.0.0.1"),
    help: "address to listen on; beyond loopback INFERLEDGER_ADMIN_KEY_FILE is required",
  },
  otlpHttpPort: { variable: "INFERLEDGER_OTLP_HTTP_PORT", schema: port(4318), help: "port for OTLP/HTTP" },
  kafkaBrokers: {
    variable: "INFERLEDGER_KAFKA_BROKERS",
    schema: text("127.0.0.1:19092"),
    help: "Kafka bootstrap servers, host:port separated by commas",
  },
  kafkaSsl: {
    variable: "INFERLEDGER_KAFKA_SSL",
    schema: choice(["on", "off"], "off"),
    help: "TLS to Kafka: on or off",
  },
  adminKeyFile: {
    variable: "INFERLEDGER_ADMIN_KEY_FILE",
    schema: z.string().optional(),
    help: "file that holds the key which callers must send as a bearer token",
  },
  otlpEndpoint: {
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    schema: z.string().optional(),
    help: "where to send inferledger's own traces; nowhere when unset",
  },
} satisfies Settings;
