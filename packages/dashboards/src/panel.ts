import { z } from "zod";

/** One meaning, one look: what a series stands for decides its colour everywhere. */
export const MEANINGS = [
  "opex_api",
  "opex_gpu",
  "idle",
  "gpu_unknown",
  "capex_amortized",
  "unpriced",
  "plain",
] as const;
export type Meaning = (typeof MEANINGS)[number];

export const COLOURS: Readonly<Record<Meaning, string>> = {
  opex_api: "#3274d9",
  opex_gpu: "#1aa398",
  idle: "#9aa0a6",
  gpu_unknown: "#c4c7cc",
  capex_amortized: "#e0a030",
  unpriced: "#8a6d3b",
  plain: "#5f6b7a",
};

/**
 * A panel: what it shows, its SQL over the views, and how its figures are made. The SQL filters by
 * $__fromTime_ms, $__toTime_ms and '${tenant}', and cuts days by '${zone}', so that Grafana and the console run the same text.
 */
export const panelSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  kind: z.enum(["stat", "timeseries", "table"]),
  unit: z.enum(["usd", "requests"]),
  width: z.number().int().min(3).max(24),
  height: z.number().int().min(3).max(20),
  series: z.array(z.strictObject({ column: z.string(), title: z.string(), meaning: z.enum(MEANINGS) })),
  sql: z.string(),
  explain: z.string().min(1),
});
export type Panel = z.infer<typeof panelSchema>;

export const boardSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  panels: z.array(panelSchema),
});
export type Board = z.infer<typeof boardSchema>;
