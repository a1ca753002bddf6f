import { detectSpike, monthOf, monthSpan } from "@inferledger/cost-model";
import { formatCents, formatUsd, readUsd, type Budget, type PicoUsd, type SpikeRule } from "@inferledger/events";
import { accountingZone, type Store } from "@inferledger/store";

export interface Alert {
  /** The same occurrence has the same id, so that it is posted once and a receiver can tell a repeat. */
  readonly id: string;
  readonly kind: "budget" | "spike";
  readonly team: string;
  readonly text: string;
  readonly amount: string;
  readonly against: string;
}

const HOUR_MS = 3_600_000;

/** Budgets whose month has passed a threshold: opex and capex of the team since the month began, in the accounting zone. */
export async function checkBudget(
  store: Store,
  tenant: string,
  { budget, now }: { readonly budget: Budget; readonly now: number },
): Promise<Alert[]> {
  const zone = await accountingZone(store.control, tenant);
  const month = monthOf(now, zone);
  const { from } = monthSpan(month, zone);
  const spent = await teamSpend(store, { tenant, team: budget.team, from, to: now });
  const limit = readUsd(budget.monthly_usd);
  return budget.thresholds
    .filter((percent) => spent * 100n >= limit * BigInt(percent))
    .map((percent) => ({
      id: `budget/${budget.id}/${month}/${percent}`,
      kind: "budget",
      team: budget.team,
      amount: formatUsd(spent),
      against: budget.monthly_usd,
      text: `team ${budget.team} has spent ${formatCents(spent)} in ${month}: ${percent} % of its budget of $${budget.monthly_usd}`,
    }));
}

/** The running hour and the last finished one of every team, against its own recent hours. */
export async function checkSpikes(
  store: Store,
  tenant: string,
  { rule, now }: { readonly rule: SpikeRule; readonly now: number },
): Promise<Alert[]> {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const from = hour - (rule.window_hours + 1) * HOUR_MS;
  const rows = await store.spend({ tenant, from, to: hour + HOUR_MS, groupBy: ["team"], interval: "hour", tz: "UTC" });
  const alerts: Alert[] = [];
  for (const [team, own] of Map.groupBy(rows, (r) => r.keys.team ?? "")) {
    const byHour = new Map(own.map((r) => [r.time ?? 0, r.opexApi]));
    for (const at of [hour - HOUR_MS, hour]) {
      const recent = [...byHour]
        .filter(([time]) => time < at && time >= at - rule.window_hours * HOUR_MS)
        .map(([, amount]) => amount);
      const spike = detectSpike(byHour.get(at) ?? 0n, recent, { ratio: rule.ratio, floor: readUsd(rule.floor_usd) });
      if (spike) alerts.push(toAlert(rule, team, { at, ...spike }));
    }
  }
  return alerts;
}

function toAlert(
  rule: SpikeRule,
  team: string,
  spike: { readonly at: number; readonly amount: PicoUsd; readonly median: PicoUsd },
): Alert {
  const hour = new Date(spike.at).toISOString();
  return {
    id: `spike/${rule.id}/${team}/${hour}`,
    kind: "spike",
    team,
    amount: formatUsd(spike.amount),
    against: formatUsd(spike.median),
    text: `team ${team === "" ? "(none)" : team} spent ${formatCents(spike.amount)} in the hour of ${hour}, more than ${rule.ratio} times its median hour of ${formatCents(spike.median)}`,
  };
}

async function teamSpend(
  store: Store,
  view: { readonly tenant: string; readonly team: string; readonly from: number; readonly to: number },
): Promise<PicoUsd> {
  const rows = await store.spend({
    tenant: view.tenant,
    from: view.from,
    to: view.to,
    groupBy: [],
    tz: "UTC",
    filter: { team: view.team },
  });
  const shares = (await store.allocations.read(view.tenant, view.from, view.to)).filter(
    (a) => a.keys.team === view.team && a.start >= view.from && a.start < view.to,
  );
  return rows.reduce((sum, r) => sum + r.opexApi, 0n) + shares.reduce((sum, a) => sum + a.amount, 0n);
}
