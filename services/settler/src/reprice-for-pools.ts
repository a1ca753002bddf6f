import type { PricedUsage } from "@inferledger/cost-model";
import { poolSchema, type Pool, type Price } from "@inferledger/events";
import { QUARTER_MS, type Repriced, type RepricingQuery, type Store, type StoredSighting } from "@inferledger/store";
import { bucketOf, SETTLER } from "./settle-buckets.ts";

export interface RepriceDeps {
  readonly store: Store;
  readonly nextSeq: () => bigint;
  readonly canonical: (model: string) => string;
  /** The cost model with the shipped book. */
  readonly price: (usage: PricedUsage) => Price;
}

/** Every name by which the ledger may hold a pool's model. */
export const namesOf = (pools: readonly Pool[], canonical: RepriceDeps["canonical"]): string[] => [
  ...new Set(pools.flatMap((p) => [p.model, canonical(p.model)])),
];

/**
 * A call is priced by its pool or by the book, never by both: rows that a pool declared later serves lose their own
 * price, and rows of a pool that is withdrawn get the book's, or their reason. Buckets are marked before a row is
 * written, so a kill between leaves a mark too many. Returns how many rows changed.
 */
export async function repriceForPools(query: RepricingQuery, deps: RepriceDeps): Promise<number> {
  const { store } = deps;
  if (query.models.length === 0) return 0;
  const pools = (await store.control.list("pool", query.tenant)).map((e) => poolSchema.parse(e.value));
  let changed = 0;
  for (const hour of await store.repricing.hours(query)) {
    const rows = await store.repricing.rows({ ...query, from: Math.max(hour, query.from) });
    const repriced = rows.flatMap((row) => reprice(row, pools, deps));
    if (repriced.length === 0) continue;
    const seq = deps.nextSeq();
    const buckets = new Set(repriced.map((r) => bucketOf(r.time)));
    await store.dirty.mark([...buckets].map((bucket) => ({ tenant: query.tenant, bucket, writer: SETTLER, seq })));
    await store.repricing.rewrite(query.tenant, repriced);
    changed += repriced.length;
  }
  return changed;
}

/** The row's new price, where it moves between pool and book; a book's own changes are another matter. */
function reprice(row: StoredSighting, pools: readonly Pool[], { price }: RepriceDeps): Repriced[] {
  const s = row.sighting;
  const now = price({
    provider: s.provider,
    reportedModel: s.reported_model,
    time: s.time,
    tokens: s.tokens,
    requests: s.requests,
    serviceTier: s.service_tier,
    evidence: s.evidence,
    pools,
  });
  if ((now.kind === "pool") === (row.pricedBy === "pool")) return [];
  return [
    {
      time: s.time,
      callKey: s.call_key,
      sight: s.sight,
      model: now.model,
      amount: now.kind === "priced" ? now.amount : null,
      unpricedReason: now.kind === "unpriced" ? now.reason : "",
      priceVersion: now.kind === "priced" ? now.priceVersion : 0,
      pricedBy: now.kind === "pool" ? "pool" : "book",
    },
  ];
}

/** Rows that came in with an older idea of the pools than is known now, in touched buckets. */
export async function repriceTouched(tenant: string, buckets: readonly number[], deps: RepriceDeps): Promise<number> {
  const pools = (await deps.store.control.list("pool", tenant)).map((e) => poolSchema.parse(e.value));
  if (pools.length === 0 || buckets.length === 0) return 0;
  const from = buckets.reduce((a, b) => Math.min(a, b));
  const to = buckets.reduce((a, b) => Math.max(a, b)) + QUARTER_MS;
  return repriceForPools({ tenant, from, to, models: namesOf(pools, deps.canonical), pricedBy: ["book"] }, deps);
}
