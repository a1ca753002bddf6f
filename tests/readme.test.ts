import { exec } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk } from "./support/ask.ts";
import { startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

const README = readFileSync("README.md", "utf8");

/** Commands that are run here, as they stand, against a running inferledger; and what they must print. */
const RUN_HERE: Readonly<Record<string, RegExp>> = {
  "curl 'http://127.0.0.1:8080/api/v1/spend?from=2026-11-01&to=2026-12-01&group_by=team,model'":
    /"currency":"USD".*"rows":\[/,
  "curl 'http://127.0.0.1:8123/?query=SELECT+sum(opex_api)+FROM+inferledger.spend'": /^\d+(\.\d+)?\n$/,
  "curl -X POST http://127.0.0.1:8080/api/v1/capex/assets": /"revision":1/,
  "npx inferledger --help": /inferledger report/,
  "npx inferledger doctor senders": /Grade/,
  "npx inferledger report 2026-10 --team search": /team search +USD/,
  "npx inferledger config": /INFERLEDGER_DATA\n/,
};

/** Commands that another test or CI runs: where, and the words there that show it. */
const RUN_ELSEWHERE: Readonly<Record<string, readonly [file: string, shows: RegExp]>> = {
  "npm ci && npm start": ["tests/npm-start.test.ts", /spawn\("npm", \["start"\]/],
  "npm start": ["tests/npm-start.test.ts", /spawn\("npm", \["start"\]/],
  "npm ci && npm test": [".ci/run", /npm ci\n.*\nnpm test/],
  "npm run check": [".ci/run", /npm run check/],
  "npm run demo": ["tests/demo.test.ts", /spawn\("npm", \["run", "-s", "demo"/],
  "npm run kafka": ["tests/kafka-command.test.ts", /"run", "-s", "kafka"/],
  "npm run test:faults": ["tests/scripts.test.ts", /test:faults/],
  "npm run test:containers": ["tests/scripts.test.ts", /test:containers/],
  "npm run bench": ["tests/scripts.test.ts", /bench/],
  "docker compose up --build": ["tests/compose.test.ts", /docker-compose\.yml/],
  "./node26 services/collector/src/main.ts": ["tests/kafka.test.ts", /services\/\$\{service\}\/src\/main\.ts/],
};

/** Shell blocks, and code in the text that begins with a command. */
const commands = [
  ...[...README.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((m) => (m[1] ?? "").trim().split("\n")),
  ...[...README.replace(/```[\s\S]*?```/g, "").matchAll(/`((?:npm|npx|curl|docker|\.\/node26) [^`]+)`/g)].map(
    (m) => m[1] ?? "",
  ),
];
const known = [...Object.keys(RUN_HERE), ...Object.keys(RUN_ELSEWHERE)];

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
  const { send, spend } = createAsk(() => running);
  await send(traces([chatSpan({ attributes: { team: "search" } })]), "default");
  await until(
    () => spend("default"),
    (a) => a.total.requests === 1,
  );
}, 60_000);
afterAll(() => running.remove());

describe("the README", () => {
  test("has no command that no test runs", () => {
    expect(commands.length).toBeGreaterThan(12);
    expect(commands.filter((c) => !known.some((k) => c.startsWith(k)))).toEqual([]);
    expect(known.filter((k) => !commands.some((c) => c.startsWith(k)))).toEqual([]);
  });

  test.each(Object.entries(RUN_ELSEWHERE))("%s is run elsewhere", (_command, [file, shows]) => {
    expect(readFileSync(file, "utf8")).toMatch(shows);
  });

  test.each(Object.entries(RUN_HERE))("%s does what it says", async (start, prints) => {
    const command = commands.find((c) => c.startsWith(start)) ?? "";
    const here = command
      .replace("http://127.0.0.1:8080", running.api)
      .replace("http://127.0.0.1:8123", running.door)
      .replace(/^curl /, "curl -sSf ");
    const { stdout } = await promisify(exec)(here, { env: { ...process.env, INFERLEDGER_URL: running.api } });
    expect(stdout).toMatch(prints);
  });

  test("links to nothing that is not there", () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map((m) => m[1] ?? "");
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("every script of package.json is told of, or is a tool of its makers", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const makers = ["format", "dashboards", "catalog", "start", "test"];
    expect(Object.keys(scripts).filter((s) => !makers.includes(s) && !README.includes(`npm run ${s}`))).toEqual([]);
  });
});
