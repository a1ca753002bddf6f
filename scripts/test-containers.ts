/**
 * `npm run test:containers`: the log's and the store's contract and the Grafana board on the images that
 * docker-compose.yml pins. Where no Docker engine answers it says so and ends with 0; with
 * INFERLEDGER_REQUIRE_CONTAINERS=1 that is a failure.
 */
import { spawnSync } from "node:child_process";
import { getContainerRuntimeClient } from "testcontainers";

const fault = await getContainerRuntimeClient().then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
if (fault !== undefined) {
  process.stdout.write(`left out: Kafka, ClickHouse and Grafana images (no Docker engine answers: ${fault})\n`);
  process.exit(process.env.INFERLEDGER_REQUIRE_CONTAINERS === "1" ? 1 : 0);
}
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.containers.config.ts", ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
