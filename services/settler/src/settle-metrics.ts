import type { PricedUsage } from "@inferledger/cost-model";
import { poolSchema, type Pool, type Price, type Sighting } from "@inferledger/events";
import { fromMetricPoints } from "@inferledger/otel";
import { DAY_MS, periodOf, type ServiceDay, type Store, type StoredSighting } from "@inferledger/store";
import { priceAgain } from "./price-again.ts";

interface MetricDeps {
  readonly store: Store;
  readonly price: (usage: PricedUsage) => Price;
}

/** Why a metric's row does not bill: calls of the same service and day were seen by other signals. */
export const RECONCILED = "reconciled";

/**
 * The rows that metrics of the touched days amount to, as far as they differ from what is stored. They bill where the
 * service showed no call of that day by a span, a log record or a report; else they only reconcile.
 */
export async function metricChanges(
  tenant: string,
  buckets: readonly number[],
  deps: MetricDeps,
): Promise<StoredSighting[]> {
  const { metrics } = deps.store;
  // A day's last point is what the next day's first grew from.
  const days = new Set(buckets.map((b) => Math.floor(b / DAY_MS) * DAY_MS).flatMap((day) => [day, day + DAY_MS]));
  const services = await metrics.services(tenant, [...days]);
  if (services.length === 0) return [];
  const knownFrom = await metrics.knownFrom();
  const pools = (await deps.store.control.list("pool", tenant)).map((e) => poolSchema.parse(e.value));
  const changes: StoredSighting[] = [];
  for (const { service, day } of services) {
    const of: ServiceDay = { tenant, service, day };
    const sightings = fromMetricPoints(await metrics.points(of), { from: day, to: day + DAY_MS, knownFrom });
    const billed = !(await metrics.hasCalls(of));
    const desired = sightings.map((s) => toRow(s, { billed, pools, price: deps.price }));
    changes.push(...differences(desired, await metrics.rows(of)));
  }
  return changes;
}

function toRow(
  sighting: Sighting,
  of: { readonly billed: boolean; readonly pools: readonly Pool[]; readonly price: MetricDeps["price"] },
): StoredSighting {
  const bare: StoredSighting = {
    sighting,
    model: "",
    amount: null,
    unpricedReason: "",
    priceVersion: 0,
    pricedBy: "book",
    period: periodOf(sighting.time),
    billed: of.billed,
    billedBy: undefined,
    rule: of.billed ? "" : RECONCILED,
  };
  return priceAgain(bare, of.pools, of.price);
}

/** Rows to write: those that are new or other, and those that are no more, which bill nothing. */
function differences(desired: readonly StoredSighting[], stored: readonly StoredSighting[]): StoredSighting[] {
  const known = new Map(stored.map((row) => [row.sighting.call_key, row]));
  const wanted = new Set(desired.map((row) => row.sighting.call_key));
  return [
    ...desired.filter((row) => content(row) !== content(known.get(row.sighting.call_key))),
    ...stored
      .filter((row) => !wanted.has(row.sighting.call_key) && row.billed)
      .map((row) => ({ ...row, billed: false, rule: "gone" })),
  ];
}

const content = (row: StoredSighting | undefined): string =>
  row === undefined
    ? ""
    : JSON.stringify([
        Object.entries(row.sighting.tokens).sort(([a], [b]) => (a < b ? -1 : 1)),
        row.sighting.requests,
        row.model,
        String(row.amount),
        row.unpricedReason,
        row.priceVersion,
        row.pricedBy,
        row.billed,
        row.rule,
      ]);
