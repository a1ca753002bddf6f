import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { houseOf, packageOf, readSource, sourceFiles, type SourceFile } from "./support/source-files.ts";

/** The house, as data. Each row says what is allowed and why; a row that no longer holds is changed here, with its reason. */

const ours = (...names: readonly string[]): string[] => names.map((name) => `@inferledger/${name}`);
const STORED = ours("events", "runtime", "store");

/** What each part may import of ours. The flow goes one way: ingest, price, store, show. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // The vocabulary stands alone.
  "packages/events": [],
  // The law is pure: amounts, never a store or a process.
  "packages/cost-model": ours("events"),
  "packages/otel": ours("events"),
  "packages/settle": ours("events"),
  // The process knows nothing of spend.
  "packages/runtime": [],
  "packages/stream": ours("events", "runtime"),
  "packages/store": ours("events", "runtime"),
  // Boards are data; the page draws what the api answers.
  "packages/dashboards": [],
  "packages/console": [],
  "services/collector": ours("events", "otel", "runtime", "stream"),
  "services/pricing-worker": ours("cost-model", "events", "otel", "runtime", "store", "stream"),
  "services/settler": ours("cost-model", "events", "otel", "runtime", "settle", "store"),
  "services/alerter": [...STORED, ...ours("cost-model")],
  "services/api": [...STORED, ...ours("console", "cost-model", "dashboards", "otel", "settle", "stream")],
  // `npm start` puts the others together; nobody else may import a service.
  "services/all": [
    ...ours("alerter", "api", "collector", "pricing-worker", "settler"),
    ...ours("cost-model", "runtime", "store", "stream"),
  ],
  // A client of the api; `start` and `config` open `all`.
  "services/cli": ours("all", "events", "runtime"),
};

/** Modules that open a door to the world, and the only place where each may be opened. */
const HOMES: readonly (readonly [module: string, home: RegExp, reason: string])[] = [
  ["kafkajs", /^packages\/stream\/src\/adapters\/kafka/, "a service sees a log, never Kafka"],
  ["node:sqlite", /^packages\/stream\/src\/adapters\/local-/, "a service sees a log, never its file"],
  ["@clickhouse/client", /^packages\/store\/src\//, "SQL has one home"],
  ["chdb", /^packages\/store\/engine\//, "the engine lives in a child process"],
  [
    "express",
    /^services\/(api\/src\/|collector\/src\/source-http\.ts)/,
    "two services speak HTTP to people and senders",
  ],
  ["node:child_process", /^packages\/store\/engine\//, "only the engine is a child"],
  ["@opentelemetry/sdk-node", /^packages\/runtime\/src\/telemetry\.ts$/, "self-telemetry is started once"],
  ["@grafana/grafana-foundation-sdk", /^packages\/dashboards\/src\//, "boards are built in one place"],
];

/** Words in the code that only some files may say. */
const WORDS: readonly (readonly [words: RegExp, home: RegExp, reason: string])[] = [
  [/process\.env/, /\/main\.ts$/, "the environment is read where a process begins"],
  [
    /Date\.now\(|performance\.now\(|Temporal\.Now|new Date\(\)/,
    /\/main\.ts$|^packages\/runtime\/src\/retry\.ts$/,
    "time is handed in, so that a redelivery prices the same",
  ],
  [/Math\.random\(/, /^packages\/runtime\/src\/retry\.ts$/, "chance is for pauses between retries alone"],
  [/\bif \(embedded|isEmbedded/, /^$/, "nobody knows which world it is in"],
  [/\b(enum|namespace) [A-Z]/, /^$/, "types are erased, not compiled"],
  [/: any\b|<any>|as any\b/, /^$/, "any turns the checks off"],
  [/parseFloat\(|\.toFixed\([^3]/, /^$/, "no float touches an amount"],
];

const PURE = /^packages\/(events|cost-model|otel|settle)\//;
const NEVER_PURE = /^node:(?!crypto$)|^(express|kafkajs|@clickhouse)/;

const files = sourceFiles();
const where = (list: readonly SourceFile[]): string[] => list.map((f) => f.path);

describe("the house", () => {
  test("has a row for every package and service", () => {
    expect(globSync("{packages,services}/*").sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test.each(Object.entries(MAY_IMPORT))("%s imports only what it may", (house, allowed) => {
    const own = files.filter((f) => houseOf(f.path) === house);
    const seen = new Set(own.flatMap((f) => f.imports.map(packageOf)).filter((m) => m.startsWith("@inferledger/")));
    expect([...seen].filter((m) => !allowed.includes(m))).toEqual([]);
  });

  test.each(Object.keys(MAY_IMPORT))("%s declares exactly the packages that it imports", (house) => {
    const manifest = JSON.parse(readFileSync(`${house}/package.json`, "utf8")) as {
      dependencies?: Record<string, string>;
    };
    const imported = files
      .filter((f) => houseOf(f.path) === house)
      .flatMap((f) => f.imports.map(packageOf))
      .filter((m) => !m.startsWith(".") && !m.startsWith("node:"));
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual([...new Set(imported)].sort());
  });

  test.each(HOMES)("%s is imported only at its home", (module, home) => {
    const users = files.filter((f) => f.imports.some((m) => packageOf(m) === module));
    expect(users.length).toBeGreaterThan(0);
    expect(where(users).filter((path) => !home.test(path))).toEqual([]);
  });

  test.each(WORDS)("%s stands only where it may", (words, home) => {
    expect(where(files.filter((f) => words.test(f.code))).filter((path) => !home.test(path))).toEqual([]);
  });

  test("what is pure opens no file, socket or process", () => {
    const impure = files.filter((f) => PURE.test(f.path) && f.imports.some((m) => NEVER_PURE.test(m)));
    expect(where(impure)).toEqual([]);
  });

  test("SQL is written in the store, and in the boards that people see", () => {
    const speaking = files.filter((f) => /\bSELECT\b[\s\S]{1,400}\bFROM inferledger\./.test(f.text));
    expect(where(speaking).filter((p) => !/^packages\/(store|dashboards)\//.test(p))).toEqual([]);
  });
});

describe("the style", () => {
  test("files are named in kebab-case, for what they do", () => {
    const odd = files.filter((f) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(basename(f.path)));
    const vague = files.filter((f) => /\/(utils?|common|helpers?|types|shared|misc)(\.ts$|\/)/.test(f.path));
    expect(where([...odd, ...vague])).toEqual([]);
  });

  test("no name says that it is an interface, an implementation, a manager or a helper", () => {
    const named = /\b(?:interface|class|type) (?:I[A-Z][a-z]\w*|\w+(?:Impl|Manager|Helper|Util))\b/;
    expect(where(files.filter((f) => named.test(f.code)))).toEqual([]);
  });

  test("nothing is left for later", () => {
    expect(where(files.filter((f) => /\b(TODO|FIXME|XXX|HACK)\b/.test(f.text)))).toEqual([]);
  });

  test("files are short: at most 250 lines, half of them at most 90; tests at most 400", () => {
    const sorted = files.map((f) => f.lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(90);
    expect(where(files.filter((f) => f.lines > 250))).toEqual([]);
    const tests = globSync("{packages,services,tests}/**/*.{test,contract}.ts").filter(
      (p) => !p.includes("node_modules"),
    );
    expect(where(tests.map(readSource).filter((f) => f.lines > 400))).toEqual([]);
  });

  test("every package and service has a README of at most 40 lines", () => {
    const wrong = Object.keys(MAY_IMPORT).filter(
      (house) => !existsSync(`${house}/README.md`) || readSource(`${house}/README.md`).lines > 40,
    );
    expect(wrong).toEqual([]);
  });

  test("no other prose lies about", () => {
    const prose = globSync("**/*.md", { exclude: (path) => /node_modules|^\.|fixtures/.test(path) });
    const known = [
      /^README\.md$/,
      /^CHANGELOG\.md$/,
      /^(packages|services)\/[^/]+\/README\.md$/,
      /^bench\/README\.md$/,
    ];
    expect(prose.filter((path) => !known.some((k) => k.test(path)))).toEqual([]);
  });
});
