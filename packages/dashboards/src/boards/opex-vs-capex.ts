import { boardSchema, type Board, type Panel } from "../panel.ts";

const WHERE = "tenant = '${tenant}' AND time >= $__fromTime_ms AND time < $__toTime_ms";
const AMOUNTS = ["opex_api", "opex_gpu", "idle", "gpu_unknown", "capex_amortized"] as const;
const TITLES: Readonly<Record<(typeof AMOUNTS)[number], string>> = {
  opex_api: "Opex, API",
  opex_gpu: "Opex, own GPUs",
  idle: "Idle",
  gpu_unknown: "GPU unknown",
  capex_amortized: "Training capex, amortized",
};

const stat = (
  id: string,
  title: string,
  figure: {
    readonly sql: string;
    readonly meaning: Panel["series"][number]["meaning"];
    readonly unit?: Panel["unit"];
    readonly explain: string;
  },
): Panel => ({
  id,
  title,
  kind: "stat",
  unit: figure.unit ?? "usd",
  width: 6,
  height: 4,
  explain: figure.explain,
  series: [{ column: "value", title, meaning: figure.meaning }],
  sql: `SELECT ${figure.sql} AS value FROM inferledger.spend WHERE ${WHERE}`,
});

const table = (dimension: "model" | "team", title: string): Panel => ({
  id: `by-${dimension}`,
  title,
  kind: "table",
  unit: "usd",
  width: 24,
  height: 9,
  series: [
    { column: dimension, title: dimension === "model" ? "Model" : "Team", meaning: "plain" },
    { column: "requests", title: "Requests", meaning: "plain" },
    { column: "unpriced", title: "Unpriced", meaning: "unpriced" },
    ...AMOUNTS.map((column) => ({ column, title: TITLES[column], meaning: column })),
    { column: "total", title: "Total", meaning: "plain" },
  ],
  sql: `SELECT ${dimension}, sum(spend.requests) AS requests, sum(spend.unpriced_requests) AS unpriced, ${AMOUNTS.map((a) => `sum(spend.${a}) AS ${a}`).join(", ")}, ${AMOUNTS.join(" + ")} AS total FROM inferledger.spend AS spend WHERE ${WHERE} GROUP BY ${dimension} ORDER BY total DESC`,
  explain: `Every cost of the range by ${dimension}. A row without a ${dimension} is what belongs to nobody: idle and unknown GPU time, capex of days without usage, calls without attribution.`,
});

/** The two economies side by side: what every call costs, and what training cost. */
export const opexVsCapex: Board = boardSchema.parse({
  id: "opex-vs-capex",
  title: "Inference opex vs amortized training capex",
  panels: [
    stat("opex", "Inference opex", {
      sql: "sum(opex_api) + sum(opex_gpu)",
      meaning: "opex_api",
      explain:
        "Calls priced by the price book, and the busy time of own GPUs. Unpriced calls are not in it: they are counted beside.",
    }),
    stat("capex", "Amortized training capex", {
      sql: "sum(capex_amortized)",
      meaning: "capex_amortized",
      explain:
        "Straight-line by day over each asset's life; days are shared over the model's usage, days without usage are nobody's.",
    }),
    stat("idle", "Idle and unknown GPU time", {
      sql: "sum(idle) + sum(gpu_unknown)",
      meaning: "idle",
      explain: "The pools' bill less the busy part. Unknown is time without samples; it is not idle.",
    }),
    stat("unpriced", "Unpriced calls", {
      sql: "sum(unpriced_requests)",
      meaning: "unpriced",
      unit: "requests",
      explain: "Calls without a price or without usage, each with its reason. They are never $0.",
    }),
    {
      id: "by-day",
      title: "Opex and capex by day",
      kind: "timeseries",
      unit: "usd",
      width: 24,
      height: 9,
      series: AMOUNTS.map((column) => ({ column, title: TITLES[column], meaning: column })),
      sql: `SELECT toStartOfDay(time, '\${zone}') AS day, ${AMOUNTS.map((a) => `sum(spend.${a}) AS ${a}`).join(", ")} FROM inferledger.spend AS spend WHERE ${WHERE} GROUP BY day ORDER BY day`,
      explain:
        "Sums by day of the accounting zone. Capex is charged by the day, so a day is the finest step drawn. The last day is unfinished.",
    },
    table("model", "By model"),
    table("team", "By team"),
  ],
});
