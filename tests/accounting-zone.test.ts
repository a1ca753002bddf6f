import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk, type Spend } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());
const { send, post } = createAsk(() => running);

interface Statement {
  readonly zone: string;
  readonly total: Record<string, string>;
  readonly rows: readonly Record<string, string>[];
}
const statement = (month: string, tenant: string): Promise<Statement> =>
  getJson<Statement>(`${running.api}/api/v1/periods/${month}/statement`, tenant);
const asset = { id: "a", model: "gpt-4o-mini", cost: "365.00", in_service: "2026-01-01", life_months: 12 };

describe("a tenant that keeps its books in another zone", () => {
  test("has its days and months there: a day costs the same in 23, 24 and 25 hours, and the months add up", async () => {
    await post("/api/v1/settings", { id: "accounting", zone: "Europe/Berlin" }, "berlin");
    await post("/api/v1/capex/assets", asset, "berlin");
    const october = await until(
      () => statement("2026-10", "berlin"),
      (s) => s.total.capex_amortized !== "0",
    );
    expect(october).toMatchObject({ zone: "Europe/Berlin", total: { capex_amortized: "31" } });
    const day = (from: string, to: string): Promise<Spend> =>
      getJson<Spend>(`${running.api}/api/v1/spend?from=${from}&to=${to}`, "berlin");
    for (const [from, to] of [
      ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
      ["2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"],
      ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    ] as const)
      expect((await day(from, to)).total.capex_amortized).toBe("1");
    const year = await Promise.all(
      Array.from({ length: 12 }, (_, i) => statement(`2026-${String(i + 1).padStart(2, "0")}`, "berlin")),
    );
    expect(year.reduce((sum, s) => sum + Number(s.total.capex_amortized), 0)).toBe(365);
  });

  test("books a call of its first minute of a month in that month, and shares that day's capex over it", async () => {
    await post("/api/v1/settings", { id: "accounting", zone: "Asia/Kathmandu" }, "kathmandu");
    await post("/api/v1/capex/assets", asset, "kathmandu");
    // 2026-10-01 00:10 in Kathmandu (+05:45) is still September in UTC.
    const at = Date.parse("2026-09-30T18:25:00Z");
    await send(traces([chatSpan({ timeMs: at, attributes: { team: "search" } })]), "kathmandu");
    const october = await until(
      () => getJson<Statement>(`${running.api}/api/v1/periods/2026-10/statement?team=search`, "kathmandu"),
      (s) => s.total.capex_amortized === "1",
    );
    expect(october.rows).toMatchObject([{ model: "gpt-4o-mini", opex: "0.000021", capex_amortized: "1" }]);
    const september = await until(
      () => statement("2026-09", "kathmandu"),
      (s) => s.total.capex_amortized === "30",
    );
    expect(september.total.opex).toBe("0");
  });

  test("may change its mind: everything is written again by the new days", async () => {
    await post("/api/v1/capex/assets", asset, "moves");
    await until(
      () => statement("2026-10", "moves"),
      (s) => s.zone === "UTC" && s.total.capex_amortized === "31",
    );
    await post("/api/v1/settings", { id: "accounting", zone: "America/New_York" }, "moves");
    const range = "from=2026-10-01T04:00:00Z&to=2026-10-02T04:00:00Z";
    await until(
      () => getJson<Spend>(`${running.api}/api/v1/spend?${range}`, "moves"),
      (a) => a.total.capex_amortized === "1",
    );
    const rows = await getJson<{ rows: [string, ...string[]][] }>(
      `${running.api}/api/v1/boards/opex-vs-capex/panels/by-day?${range}`,
      "moves",
    );
    expect(rows.rows.map(([day]) => day.slice(0, 10))).toEqual(["2026-10-01"]);
    const all = await getJson<Spend>(`${running.api}/api/v1/spend?from=2025-12-01&to=2027-02-01`, "moves");
    expect(all.total.capex_amortized).toBe("365");
  });

  test("a zone that is none is refused by its field", async () => {
    for (const zone of ["Mars/Olympus", "+01:00", ""]) {
      const response = await post("/api/v1/settings", { id: "accounting", zone }, "wrong");
      expect([response.status, ((await response.json()) as { field: string }).field]).toEqual([400, "zone"]);
    }
    expect((await post("/api/v1/settings", { id: "other", zone: "UTC" }, "wrong")).status).toBe(400);
  });
});
