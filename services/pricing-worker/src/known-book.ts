import type { PriceBook } from "@inferledger/cost-model";
import { poolSchema, type Pool } from "@inferledger/events";
import type { ControlEntry, ControlStore } from "@inferledger/store";
import type { Book } from "./price-record.ts";

/**
 * The price book and the pools, with the times from which they were known. A record is priced only after a
 * poll that is newer than it, so every worker and every redelivery sees the same book for it.
 */
export interface KnownBook extends Book {
  refreshUntil(time: number): Promise<void>;
}

export function createKnownBook(deps: {
  readonly prices: PriceBook;
  readonly control: ControlStore;
  readonly now: () => number;
}): KnownBook {
  let polledAt = -1;
  let revisions: readonly ControlEntry[] = [];
  const cache = new Map<string, readonly Pool[]>();
  return {
    prices: deps.prices,
    async refreshUntil(time) {
      if (polledAt >= time) return;
      const startedAt = deps.now();
      revisions = await deps.control.history("pool");
      polledAt = Math.max(startedAt, time);
      cache.clear();
    },
    pools(tenant, knownAt) {
      const known = revisions.filter((r) => r.tenant === tenant && r.knownFrom <= knownAt);
      const key = `${tenant} ${known.length}`;
      let pools = cache.get(key);
      if (!pools) cache.set(key, (pools = latest(known)));
      return pools;
    },
  };
}

function latest(entries: readonly ControlEntry[]): Pool[] {
  const byId = new Map<string, ControlEntry>();
  for (const entry of entries) {
    const seen = byId.get(entry.id);
    if (!seen || entry.revision > seen.revision) byId.set(entry.id, entry);
  }
  return [...byId.values()].filter((e) => !e.deleted).map((e) => poolSchema.parse(e.value));
}
