import {
  createNotices,
  isLoopback,
  PermanentError,
  readConfig,
  readSecretFile,
  runUntilSignal,
  startTelemetry,
} from "@inferledger/runtime";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { createCollector } from "./collector.ts";
import { collectorSettings } from "./config.ts";
import { collectorNotices } from "./notices.ts";

await runUntilSignal(async () => {
  const config = readConfig(collectorSettings, process.env);
  const key =
    config.adminKeyFile === undefined ? undefined : readSecretFile("INFERLEDGER_ADMIN_KEY_FILE", config.adminKeyFile);
  if (!isLoopback(config.host) && key === undefined) {
    throw new PermanentError(
      `INFERLEDGER_HOST=${config.host} is beyond loopback and no key is set`,
      "let INFERLEDGER_ADMIN_KEY_FILE name a file with the key that senders must send",
    );
  }
  const telemetry = startTelemetry("collector", { exportTraces: config.otlpEndpoint !== undefined });
  const notices = createNotices("collector");
  const log = await openKafkaLog({ brokers: config.kafkaBrokers.split(","), clientId: "inferledger-collector" });
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
