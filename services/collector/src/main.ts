import { createNotices, readAdminKey, readConfig, runUntilSignal, startTelemetry } from "@inferledger/runtime";
import { kafkaAddress } from "@inferledger/stream";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { createCollector } from "./collector.ts";
import { collectorSettings } from "./config.ts";
import { collectorNotices } from "./notices.ts";

await runUntilSignal(async () => {
  const config = readConfig(collectorSettings, process.env);
  const key = readAdminKey(config);
  const telemetry = startTelemetry("collector", { exportTraces: config.otlpEndpoint !== undefined });
  const notices = createNotices("collector");
  const log = await openKafkaLog({ ...kafkaAddress(config), clientId: "inferledger-collector" });
  const collector = createCollector({
    publisher: log,
    notices: collectorNotices(notices),
    health: { ready: async () => undefined, metrics: telemetry.metrics },
    host: config.host,
    port: config.otlpHttpPort,
    key,
  });
  return {
    name: collector.name,
    start: async () => {
      await collector.start();
      notices.info("receiving OTLP/HTTP", { url: `http://${config.host}:${collector.port()}` });
    },
    stop: async () => {
      await collector.stop();
      await log.close();
      await telemetry.shutdown();
    },
  };
});
