import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const COMPOSE = readFileSync("docker-compose.yml", "utf8");

/** No Docker engine is needed: what the file says is held against what the project has. */
describe("docker-compose.yml", () => {
  test("starts every service by a file that exists, each with a health check", () => {
    const started = [...COMPOSE.matchAll(/services\/([a-z-]+)\/src\/main\.ts/g)].map((m) => m[1] ?? "");
    expect(started.toSorted()).toEqual(["alerter", "api", "collector", "pricing-worker", "settler"]);
    for (const service of started) expect(existsSync(`services/${service}/src/main.ts`)).toBe(true);
    const blocks = COMPOSE.slice(COMPOSE.indexOf("\nservices:"))
      .split(/\n  (?=[a-z-]+:\n)/)
      .slice(1);
    const unhealthy = blocks.filter((b) => !b.includes("healthcheck:")).map((b) => b.split(":")[0]);
    expect(unhealthy.filter((name) => name !== "otel-collector")).toEqual([]);
  });

  test("mounts only files and folders that exist", () => {
    const mounted = [...COMPOSE.matchAll(/- (\.\/[^:\s]+):/g)].map((m) => m[1] ?? "");
    expect(mounted.length).toBeGreaterThan(2);
    expect(mounted.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("sets no variable that no service reads", async () => {
    const { SETTINGS_BY_SERVICE } = await import("@inferledger/all");
    const read = new Set(Object.values(SETTINGS_BY_SERVICE).flatMap((s) => Object.values(s).map((v) => v.variable)));
    const set = new Set([...COMPOSE.matchAll(/^\s+(INFERLEDGER_[A-Z_]+):/gm)].map((m) => m[1] ?? ""));
    expect([...set].filter((name) => !read.has(name))).toEqual([]);
  });

  test("publishes ports on loopback alone", () => {
    const ports = [...COMPOSE.matchAll(/ports: \[([^\]]*)\]/g)].flatMap((m) => (m[1] ?? "").split(","));
    expect(ports.length).toBeGreaterThan(1);
    expect(ports.filter((p) => !/^\s*"127\.0\.0\.1:/.test(p))).toEqual([]);
  });
});
