import { z } from "zod";

/**
 * What one log record accounts for, counted in sightings: all that came in with it, what of it was
 * rejected and why, and what was not about model usage. It travels in the record's header `receipt`.
 */
export const receiptSchema = z.object({
  tenant: z.string().max(1024).default("default"),
  accepted: z.number().int().min(0),
  rejected: z.record(z.string(), z.number().int().min(0)).default({}),
  ignored: z.number().int().min(0).default(0),
});
export type Receipt = z.infer<typeof receiptSchema>;
