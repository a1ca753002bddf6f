import { choice, text, type Settings, type Values } from "@inferledger/runtime";

export const kafkaSettings = {
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
} satisfies Settings;

export const kafkaAddress = (config: Values<typeof kafkaSettings>): { brokers: string[]; ssl: boolean } => ({
  brokers: config.kafkaBrokers.split(",").map((b) => b.trim()),
  ssl: config.kafkaSsl === "on",
});
