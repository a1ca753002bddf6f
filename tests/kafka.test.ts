import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { startEngine, type Engine } from "@inferledger/store/engine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingForKafka, startBroker, type Broker } from "../scripts/kafka-broker.ts";
import { freePort, getJson, until } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

const MISSING = missingForKafka();

describe.skipIf(MISSING !== undefined)(
  `services as processes of their own on a real Kafka${MISSING === undefined ? "" : ` (left out: ${MISSING})`}`,
  () => {
    let broker: Broker;
    let engine: Engine;
    const folder = mkdtempSync(join(tmpdir(), "inferledger-kafka-"));
    const processes: ChildProcess[] = [];
    let output = "";
    let otlp = "";
    let api = "";

    beforeAll(async () => {
      const [port, controllerPort, otlpPort, apiPort, workerPort, settlerPort] = await Promise.all([
        freePort(),
        freePort(),
        freePort(),
        freePort(),
        freePort(),
        freePort(),
      ]);
      broker = await startBroker({
        folder: join(folder, "kafka"),
        port: port ?? 0,
        controllerPort: controllerPort ?? 0,
      });
      engine = await startEngine({ folder: join(folder, "clickhouse"), onExit: () => undefined });
      writeFileSync(join(folder, "password"), engine.password);
      otlp = `http://127.0.0.1:${otlpPort}`;
      api = `http://127.0.0.1:${apiPort}`;
      const env = {
        ...process.env,
        INFERLEDGER_KAFKA_BROKERS: broker.address,
        INFERLEDGER_CLICKHOUSE_URL: engine.url,
        INFERLEDGER_CLICKHOUSE_USER: engine.username,
        INFERLEDGER_CLICKHOUSE_PASSWORD_FILE: join(folder, "password"),
        INFERLEDGER_OTLP_HTTP_PORT: String(otlpPort),
        INFERLEDGER_API_PORT: String(apiPort),
      };
      const healthPorts: Record<string, number | undefined> = { "pricing-worker": workerPort, settler: settlerPort };
      for (const service of ["collector", "pricing-worker", "settler", "api"]) {
        const child = spawn(process.execPath, [`services/${service}/src/main.ts`], {
          env: { ...env, INFERLEDGER_HEALTH_PORT: String(healthPorts[service] ?? 0) },
        });
        child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
        processes.push(child);
      }
      for (const url of [otlp, api])
        await until(
          () =>
            fetch(`${url}/readyz`).then(
              (r) => r.status,
              () => 0,
            ),
          (status) => status === 200,
          60_000,
        );
    }, 180_000);

    afterAll(async () => {
      for (const child of processes) child.kill("SIGKILL");
      await engine.close();
      await broker.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    });

    test("the same figures as on embedded parts, counted once, with the balance even", async () => {
      const body = JSON.stringify(
        traces([
          chatSpan({
            attributes: { team: "search", "gen_ai.usage.input_tokens": 1234, "gen_ai.usage.output_tokens": 567 },
          }),
          chatSpan({ attributes: { "gen_ai.request.model": "no-such-model" } }),
        ]),
      );
      for (let i = 0; i < 2; i += 1)
        expect(
          (await fetch(`${otlp}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body }))
            .status,
          output,
        ).toBe(200);
      const range = "from=2026-01-01&to=2100-01-01";
      const balance = await until(
        () => getJson<{ accepted: number; pending: number }>(`${api}/api/v1/balance?${range}`),
        (b) => b.pending === 0 && b.accepted === 4,
        60_000,
      );
      expect(balance, output).toMatchObject({ accepted: 4, priced: 1, unpriced: 1, duplicate: 2, rejected: 0 });
      const spend = await getJson<{ rows: unknown[]; total: unknown }>(`${api}/api/v1/spend?${range}&group_by=team`);
      expect(spend.rows).toMatchObject([
        { team: null, opex: "0", unpriced_requests: 1 },
        { team: "search", opex: "0.0005253", tokens: { input_uncached: 1234, output_text: 567 } },
      ]);
    }, 120_000);

    test("any producer may write usage and GPU readings; a bad line is counted and harms no neighbour", async () => {
      const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000;
      const at = (ms: number): string => new Date(ms).toISOString();
      await fetch(`${api}/api/v1/gpu/pools`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-inferledger-tenant": "produced" },
        body: JSON.stringify({
          id: "p",
          gpus: ["GPU-1"],
          model: "own-model",
          usd_per_gpu_hour: "3",
          from: at(hour),
          to: at(hour + 3_600_000),
        }),
      });
      const producer = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      const produce = (topic: string, lines: readonly unknown[]): Promise<unknown> =>
        producer.send({
          topic,
          messages: [
            {
              value: lines.map((l) => (typeof l === "string" ? l : JSON.stringify(l))).join("\n"),
              headers: { tenant: "produced" },
            },
          ],
        });
      const call = { id: "k-1", time: at(hour + 60_000), provider: "openai", model: "gpt-4o-mini" };
      await produce("inferledger.usage", [
        { ...call, usage: { input: 1000, output: 100 }, attribution: { team: "ads" } },
        "{not json",
        { ...call, id: "k-2", usage: { input: -1, output: 0 } },
      ]);
      const reading = { kind: "gpu", gpu: "GPU-1", utilization: 500_000 };
      await produce(
        "inferledger.gpu",
        Array.from({ length: 60 }, (_, i) => ({ ...reading, time: hour + i * 60_000 })),
      );
      await producer.disconnect();
      const range = `from=${at(hour)}&to=${at(hour + 3_600_000)}`;
      const spend = await until(
        () => getJson<{ total: Record<string, unknown> }>(`${api}/api/v1/spend?${range}`, "produced"),
        (a) => a.total.idle === "1.5" && a.total.requests === 1,
        60_000,
      );
      // 1000 × $0.15 and 100 × $0.60 a million; half of $3 busy without a request of that model, half idle.
      expect(spend.total).toMatchObject({ opex_api: "0.00021", opex_gpu: "1.5", idle: "1.5", gpu_unknown: "0" });
      const balance = await getJson(`${api}/api/v1/balance?from=2026-01-01&to=2100-01-01`, "produced");
      expect(balance).toMatchObject({ accepted: 3, priced: 1, rejected: 2, duplicate: 0 });
    }, 120_000);
  },
);
