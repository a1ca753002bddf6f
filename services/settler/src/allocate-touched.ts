import { assetSchema, poolSchema } from "@inferledger/events";
import type { Store } from "@inferledger/store";
import { allocateCapex, DAY_MS } from "./allocate-capex.ts";
import { allocateGpu, hourOf, HOUR_MS, poolHours } from "./allocate-gpu.ts";

/** Shares GPU hours and capex days of touched buckets again, after their rollup was recomputed. */
export async function allocateTouched(tenant: string, buckets: readonly number[], store: Store): Promise<void> {
  const hours = new Set(buckets.map(hourOf));
  for (const { value } of await store.control.list("pool", tenant)) {
    const pool = poolSchema.parse(value);
    const own = [...hours].filter((hour) => poolHours(pool, hour, hour + HOUR_MS).length > 0);
    if (own.length > 0) await allocateGpu(tenant, pool, own, store);
  }
  const days = new Set(buckets.map((bucket) => Math.floor(bucket / DAY_MS) * DAY_MS));
  for (const { value } of await store.control.list("asset", tenant)) await allocateCapex(tenant, assetSchema.parse(value), store, days);
}
