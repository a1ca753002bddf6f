import type { PricedUsage } from "@inferledger/cost-model";
import type { Pool, Price } from "@inferledger/events";
import type { StoredSighting } from "@inferledger/store";

/** A stored row with the price that its own figures have now. */
export function priceAgain(
  row: StoredSighting,
  pools: readonly Pool[],
  price: (usage: PricedUsage) => Price,
): StoredSighting {
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
  return {
    ...row,
    model: now.model,
    amount: now.kind === "priced" ? now.amount : now.kind === "pool" ? 0n : null,
    unpricedReason: now.kind === "unpriced" ? now.reason : "",
    priceVersion: now.kind === "priced" ? now.priceVersion : 0,
    pricedBy: now.kind === "pool" ? "pool" : "book",
  };
}
