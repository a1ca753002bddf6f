import { join } from "node:path";
import { createAlerter } from "@inferledger/alerter";
import { createApi } from "@inferledger/api";
import { collectorNotices, createCollector } from "@inferledger/collector";
import { canonicalModel, priceUsage, shippedBook } from "@inferledger/cost-model";
import { createKnownBook, createPricingWorker, WORKER_SUBSCRIPTION, workerNotices } from "@inferledger/pricing-worker";
import { createNotices, readAdminKey, startTelemetry, type Service, type Values } from "@inferledger/runtime";
import { createSettler, settlerNotices } from "@inferledger/settler";
import { createStore, createStoreClient, type Store } from "@inferledger/store";
import { startDoor, startEngine, type Engine } from "@inferledger/store/engine";
import { createDeadLetter, type Log } from "@inferledger/stream";
import { openLocalLog } from "@inferledger/stream/adapters/local-log";
import type { allSettings } from "./config.ts";
import { openDataFolder } from "./data-folder.ts";
import { say, sayWhereToGo } from "./progress.ts";

export type AllConfig = Values<typeof allSettings>;

interface Parts {
  readonly config: AllConfig;
  readonly now: () => number;
  readonly engine: Engine;
  readonly store: Store;
  readonly log: Log;
  readonly key: string | undefined;
}

/** Every service in one process on the embedded log and engine; starts from the store outwards, stops from the edge inwards. */
export async function createAll(config: AllConfig, now: () => number): Promise<Service> {
  const key = readAdminKey(config);
  const folder = openDataFolder(config.data);
  const telemetry = startTelemetry("all", { exportTraces: config.otlpEndpoint !== undefined });
  say(`opening the log in ${join(folder, "log")}`);
  const log = await openLocalLog({ folder: join(folder, "log"), now });
  try {
    say("starting the embedded ClickHouse engine");
    const engine = await startEngine({ folder: join(folder, "clickhouse"), onExit: engineDied });
    const store = createStore({ client: createStoreClient(engine), now });
    say("bringing the ledger's schema up to date");
    await store.migrate();
    return assemble({ config, now, engine, store, log, key }, telemetry);
  } catch (thrown) {
    await log.close();
    throw thrown;
  }
}

function assemble(parts: Parts, telemetry: ReturnType<typeof startTelemetry>): Service {
  const { config, store, log, engine } = parts;
  const health = { ready: () => store.ping(), metrics: telemetry.metrics };
  const services = createServices(parts, health);
  let door: Awaited<ReturnType<typeof startDoor>> | undefined;
  return {
    name: "all",
    async start() {
      for (const service of services) {
        say(`starting the ${service.name}`);
        await service.start();
      }
      say("opening the read-only ClickHouse door");
      door = await startDoor({ engine, host: config.host, port: config.doorPort, key: parts.key });
      sayWhereToGo({
        otlp: `http://${config.host}:${config.otlpHttpPort}`,
        console: `http://${config.host}:${config.apiPort}`,
        door: `http://${config.host}:${config.doorPort}`,
        data: config.data,
      });
    },
    async stop() {
      say("stopping: draining what is in hand");
      await door?.close();
      for (const service of services.toReversed()) await service.stop();
      await log.close();
      await store.close();
      await engine.close();
      await telemetry.shutdown();
      say("stopped");
    },
  };
}

function createServices(
  { config, now, store, log, key }: Parts,
  health: { ready: () => Promise<void>; metrics: ReturnType<typeof startTelemetry>["metrics"] },
): Service[] {
  const prices = shippedBook();
  const worker = createPricingWorker({
    log,
    deadLetter: createDeadLetter(log),
    ledger: store,
    book: createKnownBook({ prices, control: store.control, now }),
    notices: workerNotices(createNotices("pricing-worker")),
  });
  const settler = createSettler({
    store,
    notices: settlerNotices(createNotices("settler")),
    now,
    canonical: (model) => canonicalModel(prices, "", model),
    price: (usage) => priceUsage(prices, usage),
  });
  const alerter = createAlerter({
    store,
    notices: createNotices("alerter"),
    now,
    webhookUrl: config.webhookUrl,
    webhookAllow: config.webhookAllow.split(",").filter(Boolean),
  });
  const api = createApi({
    store,
    log,
    pending: (tenant) => log.pending(WORKER_SUBSCRIPTION, tenant),
    notices: createNotices("api"),
    now,
    host: config.host,
    port: config.apiPort,
    key,
    health,
  });
  const collector = createCollector({
    publisher: log,
    notices: collectorNotices(createNotices("collector")),
    health,
    host: config.host,
    port: config.otlpHttpPort,
    key,
  });
  return [worker, settler, alerter, api, collector];
}

/** Without its engine the process can only fail: it ends, so that a supervisor starts it afresh. */
function engineDied(reason: string): void {
  process.stderr.write(
    `inferledger: the ClickHouse engine ended (${reason}); stopping, the log keeps what was accepted\n`,
  );
  process.exit(1);
}
