import { poolSchema } from "@inferledger/events";
import { accountingZone, type ControlEntry } from "@inferledger/store";
import { allocateCapex } from "./allocate-capex.ts";
import { allocateGpu, hourOf, HOUR_MS, poolHours } from "./allocate-gpu.ts";
import { canonicalAsset } from "./allocate-touched.ts";
import type { SettlerNotices } from "./notices.ts";
import { namesOf, repriceForPools, type RepriceDeps } from "./reprice-for-pools.ts";

/** How far an asset's or pool's revision has been allocated; kept in the store, so that a restart goes on there. */
interface Progress {
  readonly revision: number;
  /** Pools: hours before this one are written. Assets are written whole. */
  readonly until: number;
  /** Assets: whose days they were written by. */
  readonly zone?: string;
}

interface Deps extends RepriceDeps {
  readonly now: () => number;
  readonly notices: SettlerNotices;
}

/**
 * Brings the allocation up to what is declared and to the clock: an asset or pool that is new, changed or
 * withdrawn is written again whole; a pool's past hours get their row even when nothing was sent in them.
 */
export async function allocateDeclared(deps: Deps): Promise<void> {
  const done = new Map(
    (await deps.store.control.list<Progress>("allocation_state")).map((e) => [`${e.tenant}\u0000${e.id}`, e.value]),
  );
  for (const kind of ["asset", "pool"] as const) {
    for (const entry of latest(await deps.store.control.history(kind))) {
      const progress = done.get(`${entry.tenant}\u0000${kind}/${entry.id}`);
      const next =
        kind === "asset" ? await allocateAsset(entry, progress, deps) : await allocatePool(entry, progress, deps);
      if (next)
        await deps.store.control.put({
          kind: "allocation_state",
          tenant: entry.tenant,
          id: `${kind}/${entry.id}`,
          knownFrom: deps.now(),
          deleted: false,
          value: next,
        });
    }
  }
}

async function allocateAsset(
  entry: ControlEntry,
  progress: Progress | undefined,
  { store, notices, canonical }: Deps,
): Promise<Progress | undefined> {
  const zone = await accountingZone(store.control, entry.tenant);
  if (progress?.revision === entry.revision && (progress.zone ?? "UTC") === zone) return undefined;
  await store.allocations.clear(entry.tenant, `asset/${entry.id}`);
  if (!entry.deleted)
    notices.allocated(
      "capex",
      await allocateCapex({ tenant: entry.tenant, asset: canonicalAsset(entry.value, canonical), zone }, store),
    );
  return { revision: entry.revision, until: 0, zone };
}

async function allocatePool(
  entry: ControlEntry,
  progress: Progress | undefined,
  deps: Deps,
): Promise<Progress | undefined> {
  const { store, notices, now } = deps;
  const changed = progress?.revision !== entry.revision;
  const until = hourOf(now()) + HOUR_MS;
  if (!changed && (entry.deleted || progress.until >= until)) return undefined;
  if (changed) {
    await repriceRevisions(entry, until, deps);
    await store.allocations.clear(entry.tenant, `pool/${entry.id}`);
  }
  if (!entry.deleted) {
    const pool = poolSchema.parse(entry.value);
    const hours = poolHours(pool, changed ? Date.parse(pool.from) : progress.until - HOUR_MS, until);
    notices.allocated("gpu", await allocateGpu({ tenant: entry.tenant, pool, hours }, store));
  }
  return { revision: entry.revision, until };
}

/** Calls that any revision of a pool served, or serves now, are priced by the pools as they are. */
async function repriceRevisions({ tenant, id }: ControlEntry, until: number, deps: Deps): Promise<void> {
  const revisions = (await deps.store.control.history("pool"))
    .filter((e) => e.tenant === tenant && e.id === id)
    .map((e) => poolSchema.parse(e.value));
  const from = revisions.reduce((least, p) => Math.min(least, Date.parse(p.from)), until);
  const models = namesOf(revisions, deps.canonical);
  await repriceForPools({ tenant, from, to: until, models, pricedBy: ["book", "pool"] }, deps);
}

function latest(history: readonly ControlEntry[]): ControlEntry[] {
  return [
    ...new Map(
      history.toSorted((a, b) => a.revision - b.revision).map((e) => [`${e.tenant}\u0000${e.id}`, e]),
    ).values(),
  ];
}
