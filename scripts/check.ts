/** `npm run check`: types, lint with types, format. One line a step; exits with the first failure. */
import { spawnSync } from "node:child_process";

const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ["types", ["node_modules/typescript/bin/tsc", "-p", "."]],
  ["lint", ["node_modules/oxlint/bin/oxlint"]],
  ["format", ["node_modules/oxfmt/bin/oxfmt", "--check", "."]],
];

for (const [name, command] of STEPS) {
  const { status } = spawnSync(process.execPath, [...command], { stdio: "inherit" });
  process.stdout.write(`${status === 0 ? "ok    " : "FAILED"} ${name}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
