import { createNotices, now, readAdminKey, readConfig, runUntilSignal, startTelemetry } from "@inferledger/runtime";
import { openServerStore } from "@inferledger/store";
import { GPU_TOPIC, kafkaAddress, USAGE_TOPIC } from "@inferledger/stream";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { createApi } from "./api.ts";
import { apiSettings } from "./config.ts";

await runUntilSignal(async () => {
  const config = readConfig(apiSettings, process.env);
  const key = readAdminKey(config);
  const telemetry = startTelemetry("api", { exportTraces: config.otlpEndpoint !== undefined });
  const store = await openServerStore(config, now);
  const log = await openKafkaLog({ ...kafkaAddress(config), clientId: "inferledger-api" });
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
