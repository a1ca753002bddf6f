import { allocateCapexDay, assetDays, type AssetDay, type Share } from "@inferledger/cost-model";
import type { Asset } from "@inferledger/events";
import type { AllocationRow, Store } from "@inferledger/store";

interface AssetScope {
  readonly tenant: string;
  readonly asset: Asset;
  /** Whose days. */
  readonly zone: string;
  /** Starts of the days to write; all of its life when undefined. */
  readonly days?: ReadonlySet<number>;
}

/**
 * Writes what an asset is charged on the given days (all days of its life when undefined), each day shared
 * over that model's usage of the day; a day without usage is one row of nobody's.
 */
export async function allocateCapex({ tenant, asset, zone, days }: AssetScope, store: Store): Promise<number> {
  const charges = assetDays(asset, zone).filter((c) => c.amount !== 0n && (days === undefined || days.has(c.start)));
  const first = charges[0];
  const last = charges.at(-1);
  if (!first || !last) return 0;
  const usage = await store.allocations.usage({
    tenant,
    model: asset.model,
    from: first.start,
    to: last.end,
    step: "day",
    zone,
  });
  const byDay = Map.groupBy(usage, (u) => u.start);
  const source = `asset/${asset.id}`;
  const rows = charges.flatMap((charge) =>
    toRows(source, charge, allocateCapexDay(charge.amount, asset.model, byDay.get(charge.start) ?? [])),
  );
  await store.allocations.replace(
    tenant,
    charges.map(({ start }) => ({ source, start })),
    rows,
  );
  return charges.length;
}

const toRows = (source: string, { start, end }: AssetDay, shares: readonly Share[]): AllocationRow[] =>
  shares.map((share) => ({ kind: "capex", source, start, end, ...share }));
