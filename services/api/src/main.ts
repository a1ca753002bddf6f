import {
  createNotices,
  isLoopback,
  now,
  PermanentError,
  readConfig,
  readSecretFile,
  runUntilSignal,
  startTelemetry,
} from "@inferledger/runtime";
import { createStore, createStoreClient } from "@inferledger/store";
import { GPU_TOPIC, USAGE_TOPIC } from "@inferledger/stream";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { createApi } from "./api.ts";
import { apiSettings } from "./config.ts";

await runUntilSignal(async () => {
  const config = readConfig(apiSettings, process.env);
  const key =
    config.adminKeyFile === undefined ? undefined : readSecretFile("INFERLEDGER_ADMIN_KEY_FILE", config.adminKeyFile);
  if (!isLoopback(config.host) && key === undefined) {
    throw new PermanentError(
      `INFERLEDGER_HOST=${config.host} is beyond loopback and no key is set`,
      "let INFERLEDGER_ADMIN_KEY_FILE name a file with the key that callers must send",
    );
  }
  const telemetry = startTelemetry("api", { exportTraces: config.otlpEndpoint !== undefined });
  const password =
    config.clickhousePasswordFile === undefined
      ? ""
      : readSecretFile("INFERLEDGER_CLICKHOUSE_PASSWORD_FILE", config.clickhousePasswordFile);
  const store = createStore({
    client: createStoreClient({ url: config.clickhouseUrl, username: config.clickhouseUser, password }),
    now,
  });
  await store.migrate();
  const log = await openKafkaLog({ brokers: config.kafkaBrokers.split(","), clientId: "inferledger-api" });
  const worker = { group: "pricing-worker", topics: [USAGE_TOPIC, GPU_TOPIC] };
  const health = { ready: () => store.ping(), metrics: telemetry.metrics };
  const api = createApi({
    store,
    log,
    pending: (tenant) => log.pending(worker, tenant),
    notices: createNotices("api"),
    now,
    host: config.host,
    port: config.apiPort,
    key,
    health,
  });
  return {
    name: api.name,
    start: () => api.start(),
    stop: async () => {
      await api.stop();
      await log.close();
      await store.close();
      await telemetry.shutdown();
    },
  };
});
