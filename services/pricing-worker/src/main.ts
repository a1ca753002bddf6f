import { shippedBook } from "@inferledger/cost-model";
import {
  createNotices,
  healthOnly,
  listen,
  now,
  readConfig,
  runUntilSignal,
  startTelemetry,
} from "@inferledger/runtime";
import { openServerStore } from "@inferledger/store";
import { createDeadLetter, kafkaAddress } from "@inferledger/stream";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { workerSettings } from "./config.ts";
import { createKnownBook } from "./known-book.ts";
import { workerNotices } from "./notices.ts";
import { createPricingWorker } from "./pricing-worker.ts";

await runUntilSignal(async () => {
  const config = readConfig(workerSettings, process.env);
  const telemetry = startTelemetry("pricing-worker", { exportTraces: config.otlpEndpoint !== undefined });
  const notices = createNotices("pricing-worker");
  const store = await openServerStore(config, now);
  const log = await openKafkaLog({ ...kafkaAddress(config), clientId: "inferledger-pricing-worker" });
  const worker = createPricingWorker({
    log,
    deadLetter: createDeadLetter(log),
    ledger: store,
    book: createKnownBook({ prices: shippedBook(), control: store.control, now }),
    notices: workerNotices(notices),
  });
  const health = healthOnly({ ready: () => store.ping(), metrics: telemetry.metrics });
  return {
    name: worker.name,
    start: async () => {
      await listen(health, { host: config.host, port: config.healthPort, variable: "INFERLEDGER_HEALTH_PORT" });
      await worker.start();
      notices.info("pricing what arrives on Kafka", { brokers: config.kafkaBrokers });
    },
    stop: async () => {
      await worker.stop();
      await log.close();
      await store.close();
      await telemetry.shutdown();
    },
  };
});
