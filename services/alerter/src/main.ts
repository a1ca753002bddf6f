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
import { createAlerter } from "./alerter.ts";
import { alerterSettings } from "./config.ts";

await runUntilSignal(async () => {
  const config = readConfig(alerterSettings, process.env);
  const telemetry = startTelemetry("alerter", { exportTraces: config.otlpEndpoint !== undefined });
  const password =
    config.clickhousePasswordFile === undefined
      ? ""
      : readSecretFile("INFERLEDGER_CLICKHOUSE_PASSWORD_FILE", config.clickhousePasswordFile);
  const store = createStore({
    client: createStoreClient({ url: config.clickhouseUrl, username: config.clickhouseUser, password }),
    now,
  });
  await store.migrate();
  const alerter = createAlerter({
    store,
    notices: createNotices("alerter"),
    now,
    webhookUrl: config.webhookUrl,
    webhookAllow: config.webhookAllow.split(",").filter(Boolean),
  });
  const health = healthOnly({ ready: () => store.ping(), metrics: telemetry.metrics });
  return {
    name: alerter.name,
    start: async () => {
      await listen(health, { host: config.host, port: config.healthPort, variable: "INFERLEDGER_HEALTH_PORT" });
      await alerter.start();
    },
    stop: async () => {
      await alerter.stop();
      await store.close();
      await telemetry.shutdown();
    },
  };
});
