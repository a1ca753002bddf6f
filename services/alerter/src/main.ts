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
import { createAlerter } from "./alerter.ts";
import { alerterSettings } from "./config.ts";

await runUntilSignal(async () => {
  const config = readConfig(alerterSettings, process.env);
  const telemetry = startTelemetry("alerter", { exportTraces: config.otlpEndpoint !== undefined });
  const store = await openServerStore(config, now);
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
