import { readFileSync } from "node:fs";
import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly rawSql: string }[];
}
const BOARD = JSON.parse(readFileSync("dashboards/opex-vs-capex.json", "utf8")) as { panels: readonly Panel[] };
const FROM = Date.UTC(2026, 9, 1);
const TO = Date.UTC(2026, 10, 1);

/** As Grafana's ClickHouse data source expands its macros and a text box variable. */
const expand = (sql: string, tenant: string): string =>
  sql
    .replaceAll("$__fromTime_ms", `fromUnixTimestamp64Milli(${FROM})`)
    .replaceAll("$__toTime_ms", `fromUnixTimestamp64Milli(${TO})`)
    .replaceAll("${zone}", "UTC")
    .replaceAll("${tenant}", tenant);

let running: Running;
let client: ClickHouseClient;
const { send, post } = createAsk(() => running);
beforeAll(async () => {
  running = await startInferledger();
  client = createClient({ url: running.door });
  const call = (team: string, model: string): object =>
    chatSpan({ timeMs: FROM + 36 * 3_600_000, attributes: { team, "gen_ai.request.model": model } });
  await send(traces([call("search", "gpt-4o-mini"), call("ads", "gpt-4o"), call("ads", "no-such-model")]), "default");
  await post(
    "/api/v1/capex/assets",
    { id: "a", model: "gpt-4o-mini", cost: "1000.01", in_service: "2026-10-01", life_months: 7 },
    "default",
  );
  await post(
    "/api/v1/gpu/pools",
    {
      id: "p",
      gpus: ["GPU-1"],
      model: "own",
      usd_per_gpu_hour: "1.999",
      from: new Date(FROM).toISOString(),
      to: new Date(TO).toISOString(),
    },
    "default",
  );
}, 60_000);
afterAll(async () => {
  await client.close();
  await running.remove();
});

const rowsOf = async (title: string): Promise<Record<string, string>[]> => {
  const panel = BOARD.panels.find((p) => p.title === title);
  const query = expand(panel?.targets[0]?.rawSql ?? "", "default");
  return (await client.query({ query, format: "JSONEachRow" })).json<Record<string, string>>();
};
const AMOUNTS = ["opex_api", "opex_gpu", "idle", "gpu_unknown", "capex_amortized", "total"] as const;

describe("the Grafana board's own queries, through the door with @clickhouse/client", () => {
  test("every panel answers what the api answers for the same month, to the last digit", async () => {
    type Row = Record<string, string | null>;
    const ask = (by: string): Promise<{ rows: Row[]; total: Row }> =>
      getJson(
        `${running.api}/api/v1/spend?from=${new Date(FROM).toISOString()}&to=${new Date(TO).toISOString()}&group_by=${by}`,
      );
    const { total } = await until(
      () => ask("model"),
      (a) => a.total.capex_amortized !== "0" && a.total.gpu_unknown === "1487.256" && Number(a.total.requests) === 3,
    );
    const [opex, capex, idle, unpriced] = await Promise.all(BOARD.panels.slice(0, 4).map((p) => rowsOf(p.title)));
    expect([opex, capex, idle, unpriced]).toEqual([
      [{ value: total.opex }],
      [{ value: total.capex_amortized }],
      [{ value: total.gpu_unknown }],
      [{ value: String(total.unpriced_requests) }],
    ]);
    for (const by of ["model", "team"]) {
      const pick = (row: Row | Record<string, string>): string =>
        JSON.stringify([row[by] ?? "", ...AMOUNTS.map((a) => row[a])]);
      const shown = (await rowsOf(`By ${by}`)).map(pick).sort();
      expect(shown).toEqual((await ask(by)).rows.map(pick).sort());
    }
    const days = await rowsOf("Opex and capex by day");
    expect(days).toHaveLength(31);
    expect(days.every((d) => d.gpu_unknown === "47.976")).toBe(true);
  });

  test("a month that a user cuts by DateTime, as Grafana's own macros do, has the call of its last half second", async () => {
    const august = (column: string): string =>
      `tenant = 'august' AND ${column} >= toDateTime('2026-08-01', 'UTC') AND ${column} < toDateTime('2026-09-01', 'UTC')`;
    await send(traces([chatSpan({ timeMs: Date.UTC(2026, 8, 1) - 500 })]), "august");
    const count = async (sql: string): Promise<string> =>
      (await client.query({ query: sql, format: "TabSeparated" })).text();
    await until(
      () => count(`SELECT sum(requests) FROM inferledger.spend WHERE ${august("time")}`),
      (n) => n === "1\n",
    );
    expect(await count(`SELECT count() FROM inferledger.calls WHERE ${august("ts")}`)).toBe("1\n");
  });
});
