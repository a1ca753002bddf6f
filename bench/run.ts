/** `npm run bench`: every row in a process of its own, as a ratio to a named baseline of the same run, with peak memory. */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

const ROWS = ["decode", "price", "insert", "end-to-end"];
const asked = process.argv.slice(2);

process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, Node ${process.version}\n\n`);
for (const row of asked.length > 0 ? asked : ROWS) {
  const { status } = spawnSync(process.execPath, [new URL(`./${row}.ts`, import.meta.url).pathname], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
