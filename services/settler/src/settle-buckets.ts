import type { PricedUsage } from "@inferledger/cost-model";
import { poolSchema, type Price } from "@inferledger/events";
import { settleCalls } from "@inferledger/settle";
import { QUARTER_MS, type DirtyMark, type Store } from "@inferledger/store";
import type { SettlerNotices } from "./notices.ts";
import { metricChanges } from "./settle-metrics.ts";
import { priceAgain } from "./price-again.ts";

/** Sightings with one shared id are one call when they lie this close: as long as their proof is kept. */
const TWIN_WINDOW_MS = 35 * 86_400_000;

export const SETTLER = "settler";

export const bucketOf = (time: number): number => Math.floor(time / QUARTER_MS) * QUARTER_MS;

interface SettleDeps {
  readonly store: Store;
  readonly notices: SettlerNotices;
  readonly nextSeq: () => bigint;
  readonly price: (usage: PricedUsage) => Price;
}

/**
 * Settles one tenant's touched buckets: decides which sightings bill, then recomputes the rollup. Buckets
 * that the decision touches are marked before it is written: a kill between leaves a mark too many, never
 * one too few. Returns every bucket that was recomputed, and the marks that were added.
 */
export async function settleBuckets(
  tenant: string,
  touched: readonly number[],
  deps: SettleDeps,
): Promise<{ readonly buckets: readonly number[]; readonly marks: readonly DirtyMark[] }> {
  const { rows, places } = await deps.store.twins.groups(tenant, touched, TWIN_WINDOW_MS);
  const pools = (await deps.store.control.list("pool", tenant)).map((e) => poolSchema.parse(e.value));
  const { flips, calls } = settleCalls(rows, places, (row) => priceAgain(row, pools, deps.price));
  const metrics = await metricChanges(tenant, touched, deps);
  const changed = [...flips, ...[...calls.map((c) => c.row), ...metrics].map((row) => row.sighting)].map((r) => r.time);
  const buckets = [...new Set([...touched, ...changed.map(bucketOf)])];
  const marks: DirtyMark[] = [];
  if (changed.length > 0) {
    const seq = deps.nextSeq();
    marks.push(...new Set(changed.map(bucketOf)).values().map((bucket) => ({ tenant, bucket, writer: SETTLER, seq })));
    await deps.store.dirty.mark(marks);
    await deps.store.twins.rewrite(
      flips,
      calls.map(({ row, winner }) => ({ ...row, winner })),
    );
    await deps.store.twins.replace(metrics);
  }
  await deps.store.rollups.recompute(tenant, buckets);
  deps.notices.settled(buckets.length, calls.length);
  return { buckets, marks };
}
