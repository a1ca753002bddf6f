import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = async (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  try {
    return { code: 0, ...(await promisify(execFile)("npm", ["run", "-s", ...args], { maxBuffer: 2 ** 24 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
};

describe("the longer commands", () => {
  test("npm run bench prints a rate, a ratio to a named baseline, and memory", async () => {
    const { code, stdout } = await run("bench", "--", "price");
    expect(stdout).toMatch(/^price +[\d,]+ calls\/s +[\d.]+ × +genai-prices .* \d+ MiB$/m);
    expect(code).toBe(0);
  });

  test("npm run test:faults finds its suite", async () => {
    const { code, stdout } = await run("test:faults", "--", "--reporter=default", "-t", "no such test");
    expect(stdout).toContain("1 skipped");
    expect(code).toBe(0);
  });

  test("npm run test:containers runs, or says plainly that no Docker engine answers", async () => {
    const { stdout } = await run("test:containers", "--", "-t", "no such test");
    expect(stdout).toMatch(/^left out: Kafka, ClickHouse and Grafana images \(no Docker engine answers|skipped/m);
  });
});
