import { spawn } from "node:child_process";
import { afterAll, describe, expect, test } from "vitest";
import { missingForKafka } from "../scripts/kafka-broker.ts";
import { freePort, until } from "./support/inferledger.ts";

const missing = missingForKafka();

describe.skipIf(missing !== undefined)(`npm run kafka${missing === undefined ? "" : ` (left out: ${missing})`}`, () => {
  let child: ReturnType<typeof spawn> | undefined;
  afterAll(() => child?.kill("SIGKILL"));

  test("starts a broker, says its address, and Ctrl-C stops it", async () => {
    const port = await freePort();
    child = spawn("npm", ["run", "-s", "kafka"], { env: { ...process.env, INFERLEDGER_KAFKA_PORT: String(port) } });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await until(
      () => Promise.resolve(output),
      (text) => text.includes("Kafka is ready"),
      60_000,
    );
    expect(output).toContain(`INFERLEDGER_KAFKA_BROKERS=127.0.0.1:${port}`);
    const ended = new Promise<number | null>((resolve) => child?.once("exit", (code) => resolve(code)));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
