import { startOfDay } from "@inferledger/cost-model";
import { assetSchema, poolSchema, type Asset } from "@inferledger/events";
import { accountingZone, QUARTER_MS, type Store } from "@inferledger/store";
import { allocateCapex } from "./allocate-capex.ts";
import { allocateGpu, hourOf, HOUR_MS, poolHours, SAMPLE_REACH_MS } from "./allocate-gpu.ts";

export interface TouchedDeps {
  readonly store: Store;
  /** The catalogue's name of a model, so that an asset declared under an alias finds its usage. */
  readonly canonical: (model: string) => string;
}

export function canonicalAsset(value: unknown, canonical: TouchedDeps["canonical"]): Asset {
  const asset = assetSchema.parse(value);
  return { ...asset, model: canonical(asset.model) };
}

/** Shares GPU hours and capex days of touched buckets again, after their rollup was recomputed. */
export async function allocateTouched(
  tenant: string,
  buckets: readonly number[],
  { store, canonical }: TouchedDeps,
): Promise<void> {
  const hours = new Set(
    buckets.flatMap((bucket) => [hourOf(bucket), hourOf(bucket + QUARTER_MS + SAMPLE_REACH_MS - 1)]),
  );
  for (const { value } of await store.control.list("pool", tenant)) {
    const pool = poolSchema.parse(value);
    const own = [...hours].filter((hour) => poolHours(pool, hour, hour + HOUR_MS).length > 0);
    if (own.length > 0) await allocateGpu({ tenant, pool, hours: own }, store);
  }
  const assets = await store.control.list("asset", tenant);
  if (assets.length === 0) return;
  const zone = await accountingZone(store.control, tenant);
  const days = new Set(buckets.map((bucket) => startOfDay(bucket, zone)));
  for (const { value } of assets)
    await allocateCapex({ tenant, asset: canonicalAsset(value, canonical), zone, days }, store);
}
