import type { ClickHouseClient } from "@clickhouse/client";
import { readBalanceDays } from "../balance-days.ts";
import type { Balance } from "../store.ts";
import { countArrivals, type Range } from "./arrivals.ts";

/** Days that are kept whole, and the arrivals since, counted. Inside kept days a range is taken by whole days. */
export async function readBalance(client: ClickHouseClient, tenant: string, range: Range): Promise<Balance> {
  const { kept, until } = await readBalanceDays(client, tenant, range);
  if (range.to <= until) return kept;
  const counted = await countArrivals(client, tenant, { from: Math.max(range.from, until), to: range.to });
  return {
    accepted: kept.accepted + counted.accepted,
    priced: kept.priced + counted.priced,
    unpriced: kept.unpriced + counted.unpriced,
    rejected: kept.rejected + counted.rejected,
    duplicate: kept.duplicate + counted.duplicate,
    ignored: kept.ignored + counted.ignored,
  };
}
