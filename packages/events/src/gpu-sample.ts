import { z } from "zod";
import { EARLIEST_MS, LATEST_MS } from "./sighting.ts";

/** One utilization reading of one GPU. `utilization` is millionths of 1 (0–1,000,000), `time` milliseconds. */
export const gpuSampleSchema = z.object({
  kind: z.literal("gpu"),
  tenant: z.string().max(1024).default("default"),
  gpu: z.string().min(1).max(1024),
  host: z.string().max(1024).default(""),
  pool: z.string().max(1024).default(""),
  model: z.string().max(1024).default(""),
  source: z.string().max(64).default(""),
  time: z.number().int().min(EARLIEST_MS).max(LATEST_MS),
  utilization: z.number().int().min(0).max(1_000_000),
});
export type GpuSample = z.infer<typeof gpuSampleSchema>;
