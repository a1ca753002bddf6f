import { z } from "zod";

const id = z.string().min(1).max(200);
const usd = z.string().regex(/^\d{1,24}(\.\d{1,12})?$/, 'must be decimal dollars as text, such as "100000000.00"');
const day = z.iso.date();

/** A training asset: a one-time cost, spread straight-line by day over its life. `cost` in USD. */
export const assetSchema = z.strictObject({
  id,
  model: z.string().min(1).max(1024),
  kind: z.enum(["training", "fine_tune", "distillation", "hardware", "other"]).default("training"),
  cost: usd,
  currency: z.literal("USD").default("USD"),
  in_service: day,
  life_months: z.number().int().min(1).max(1200),
  method: z.literal("straight_line").default("straight_line"),
});
export type Asset = z.infer<typeof assetSchema>;

/** A GPU pool: `gpus` lists hw.id / UUID of its GPUs; `usd_per_gpu_hour` decimal dollars. */
export const poolSchema = z.strictObject({
  id,
  gpus: z.array(z.string().min(1).max(1024)).min(1).max(10_000),
  model: z.string().min(1).max(1024),
  usd_per_gpu_hour: usd,
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type Pool = z.infer<typeof poolSchema>;

/** A monthly budget of one team, in USD; `webhook` is told once when spend passes `thresholds` (percent). */
export const budgetSchema = z.strictObject({
  id,
  team: z.string().min(1).max(1024),
  monthly_usd: usd,
  thresholds: z.array(z.number().int().min(1).max(1000)).min(1).default([100]),
});
export type Budget = z.infer<typeof budgetSchema>;

/** The spike rule: a finished hour above `ratio` × the team's median recent hour and above `floor_usd`. */
export const spikeRuleSchema = z.strictObject({
  id,
  ratio: z.number().min(1.1).max(1000).default(3),
  floor_usd: usd.default("1"),
  window_hours: z.number().int().min(3).max(720).default(24),
});
export type SpikeRule = z.infer<typeof spikeRuleSchema>;

/** How a tenant keeps its books. `zone`: the IANA zone of its days and months. */
export const settingsSchema = z.strictObject({
  id: z.literal("accounting", { error: 'must be "accounting"' }),
  zone: z.string().refine(isZone, "must be a time zone such as Europe/Berlin"),
});

function isZone(zone: string): boolean {
  try {
    return /^[A-Z]/.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export const CONTROL_KINDS = {
  asset: assetSchema,
  pool: poolSchema,
  budget: budgetSchema,
  spike_rule: spikeRuleSchema,
  settings: settingsSchema,
} as const;
export type ControlKind = keyof typeof CONTROL_KINDS;
