import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
  const at = Date.UTC(2026, 9, 15, 12);
  const spans = [
    chatSpan({
      timeMs: at,
      attributes: { team: "search", "gen_ai.usage.input_tokens": 10_000_000, "gen_ai.usage.output_tokens": 1_000_000 },
    }),
    chatSpan({ timeMs: at, attributes: { team: "ads" } }),
  ];
  await fetch(`${running.otlp}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(traces(spans)),
  });
  await until(
    () => getJson<{ priced: number }>(`${running.api}/api/v1/balance?from=2026-01-01&to=2100-01-01`),
    (b) => b.priced === 2,
  );
}, 60_000);
afterAll(() => running.remove());

const run = async (
  args: readonly string[],
  url = running.api,
): Promise<{ code: number; stdout: string; stderr: string }> => {
  try {
    return {
      code: 0,
      ...(await promisify(execFile)("npx", ["inferledger", ...args], {
        env: { ...process.env, INFERLEDGER_URL: url },
      })),
    };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

describe("npx inferledger report", () => {
  test("prints a team's month in cents, and exactly as JSON and CSV, equal to the api", async () => {
    // gpt-4o-mini: 10 M input at $0.15 and 1 M output at $0.60 a million are $2.10.
    const { stdout } = await run(["report", "2026-10", "--team", "search"]);
    expect(stdout).toContain("2026-10  team search  USD");
    expect(stdout).toMatch(/gpt-4o-mini +1 +\$2\.10 +\$0\.00 +\$0\.00 +\$0\.00 +\$0\.00 +\$2\.10/);
    const api = await getJson<object>(`${running.api}/api/v1/periods/2026-10/statement?team=search`);
    expect(JSON.parse((await run(["report", "2026-10", "--team", "search", "--format", "json"])).stdout)).toEqual(api);
    expect((await run(["report", "2026-10", "--team", "search", "--format", "csv"])).stdout).toContain(
      '"search","gpt-4o-mini",1,0,2.1,0,0,0,0,2.1',
    );
  });

  test("says what is wrong, with exit codes that mean it", async () => {
    expect(await run(["report"])).toMatchObject({ code: 2, stderr: expect.stringContaining("2026-10") as string });
    expect(await run(["nonsense"])).toMatchObject({ code: 2 });
    expect(await run(["report", "2026-13"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("period") as string,
    });
    expect(await run(["report", "2026-10"], "http://127.0.0.1:1")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^inferledger: no inferledger api at http:\/\/127.0.0.1:1: [^\n]*\n$/) as string,
    });
  });
});
