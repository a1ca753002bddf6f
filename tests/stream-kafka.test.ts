import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { logContract } from "@inferledger/stream/stream.contract";
import { missingForKafka, startBroker } from "../scripts/kafka-broker.ts";
import { freePort } from "./support/inferledger.ts";

const missing = missingForKafka();

describe.skipIf(missing !== undefined)(`on Kafka${missing === undefined ? "" : ` (left out: ${missing})`}`, () => {
  logContract("a real Kafka", async () => {
    const folder = mkdtempSync(join(tmpdir(), "inferledger-kafka-"));
    const [port, controllerPort] = [await freePort(), await freePort()];
    const broker = await startBroker({ folder, port, controllerPort });
    // One partition, so that the order of a topic can be told.
    const open = () => openKafkaLog({ brokers: [broker.address], clientId: "contract", partitions: 1 });
    let log = await open();
    return {
      log: () => log,
      async reopen() {
        await log.close();
        log = await open();
      },
      async end() {
        await log.close();
        await broker.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });
});
