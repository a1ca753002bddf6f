import { canonicalModel, priceUsage, shippedBook } from "@inferledger/cost-model";
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
import { settlerSettings } from "./config.ts";
import { settlerNotices } from "./notices.ts";
import { createSettler } from "./settler.ts";

await runUntilSignal(async () => {
  const config = readConfig(settlerSettings, process.env);
  const telemetry = startTelemetry("settler", { exportTraces: config.otlpEndpoint !== undefined });
  const notices = createNotices("settler");
  const store = await openServerStore(config, now);
  const prices = shippedBook();
  const settler = createSettler({
    store,
    notices: settlerNotices(notices),
    now,
    canonical: (model) => canonicalModel(prices, "", model),
    price: (usage) => priceUsage(prices, usage),
  });
  const health = healthOnly({ ready: () => store.ping(), metrics: telemetry.metrics });
  return {
    name: settler.name,
    start: async () => {
      await listen(health, { host: config.host, port: config.healthPort, variable: "INFERLEDGER_HEALTH_PORT" });
      await settler.start();
      notices.info("settling touched buckets");
    },
    stop: async () => {
      await settler.stop();
      await store.close();
      await telemetry.shutdown();
    },
  };
});
