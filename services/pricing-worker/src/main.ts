import { shippedBook } from "@inferledger/cost-model";
import {
  createNotices,
  healthOnly,
  listen,
  now,
  readConfig,
  readSecretFile,
  runUntilSignal,
  startTelemetry,
} from "@inferledger/runtime";
import { createStore, createStoreClient } from "@inferledger/store";
import { createDeadLetter } from "@inferledger/stream";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { workerSettings } from "./config.ts";
import { createKnownBook } from "./known-book.ts";
import { workerNotices } from "./notices.ts";
import { createPricingWorker } from "./pricing-worker.ts";

await runUntilSignal(async () => {
  const config = readConfig(workerSettings, process.env);
  const telemetry = startTelemetry("pricing-worker", { exportTraces: config.otlpEndpoint !== undefined });
  const notices = createNotices("pricing-worker");
  const password =
    config.clickhousePasswordFile === undefined
      ? ""
      : readSecretFile("INFERLEDGER_CLICKHOUSE_PASSWORD_FILE", config.clickhousePasswordFile);
  const store = createStore({
    client: createStoreClient({ url: config.clickhouseUrl, username: config.clickhouseUser, password }),
    now,
  });
  await store.migrate();
  const log = await openKafkaLog({ brokers: config.kafkaBrokers.split(","), clientId: "inferledger-pricing-worker" });
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
