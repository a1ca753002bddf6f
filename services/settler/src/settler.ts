import { setTimeout as sleep } from "node:timers/promises";
import { asError, inSpan, type Service } from "@inferledger/runtime";
import { DAY_MS, type Store } from "@inferledger/store";
import type { PricedUsage } from "@inferledger/cost-model";
import type { Price } from "@inferledger/events";
import { allocateDeclared } from "./allocate-declared.ts";
import { allocateTouched } from "./allocate-touched.ts";
import type { SettlerNotices } from "./notices.ts";
import { repriceTouched } from "./reprice-for-pools.ts";
import { createSequence } from "./sequence.ts";
import { settleBuckets } from "./settle-buckets.ts";

export interface SettlerDeps {
  readonly store: Store;
  readonly notices: SettlerNotices;
  readonly now: () => number;
  /** The catalogue's name of a model. */
  readonly canonical: (model: string) => string;
  /** The cost model with the shipped book. */
  readonly price: (usage: PricedUsage) => Price;
}

/** What a pass needs besides: numbers for its own marks, see `createSequence`. */
export interface PassDeps extends SettlerDeps {
  readonly nextSeq: () => bigint;
}

const IDLE_MS = 300;
/** Under load a pass reads buckets that grow while it runs: it rests this many times as long as it took, and readers meanwhile take dirty buckets from the ledger. */
const REST = 3;
/** But it never rests longer than this. */
const MOST_REST_MS = 10_000;
const DECLARED_EVERY_MS = 2000;
/** Proof stays for 45 days: half a month is left to keep its days. */
const KEPT_AFTER_MS = 30 * DAY_MS;
const MARKS_PER_PASS = 2000;

/**
 * Recomputes what changed: twins, rollups, GPU and capex shares. Everything is a pure function of the
 * ledger and the control data, so a pass that was killed anywhere is simply done again.
 */
export function createSettler(deps: SettlerDeps): Service {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: "settler",
    async start() {
      running = settleUntil(stopping.signal, { ...deps, nextSeq: createSequence(deps.now) });
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function settleUntil(signal: AbortSignal, deps: PassDeps): Promise<void> {
  let declaredAt = -Infinity;
  let keptOn = -Infinity;
  while (!signal.aborted) {
    const startedAt = deps.now();
    let marks = 0;
    try {
      marks = await inSpan("settler.pass", {}, () => settlePass(deps));
      if (deps.now() - declaredAt >= DECLARED_EVERY_MS) {
        await allocateDeclared(deps);
        declaredAt = deps.now();
      }
      const today = Math.floor(deps.now() / DAY_MS) * DAY_MS;
      if (today > keptOn) {
        await deps.store.keepBalanceDays(today - KEPT_AFTER_MS);
        keptOn = today;
      }
    } catch (thrown) {
      deps.notices.passFailed(asError(thrown));
    }
    if (marks === MARKS_PER_PASS) continue; // A backlog: its buckets are old, and none of them grows meanwhile.
    const rest = Math.min(MOST_REST_MS, Math.max(IDLE_MS, REST * (deps.now() - startedAt)));
    await sleep(rest, undefined, { signal }).catch(() => undefined);
  }
}

/** One pass over the marks that are there. Returns how many. One tenant's fault keeps its own marks and no other's. */
export async function settlePass(deps: PassDeps): Promise<number> {
  const marks = await deps.store.dirty.read(MARKS_PER_PASS);
  for (const [tenant, own] of Map.groupBy(marks, (m) => m.tenant)) {
    try {
      const touched = [...new Set(own.map((m) => m.bucket))];
      const { buckets, marks: added } = await settleBuckets(tenant, touched, deps);
      await repriceTouched(tenant, buckets, deps);
      await allocateTouched(tenant, buckets, deps);
      await deps.store.dirty.done([...own, ...added]);
    } catch (thrown) {
      deps.notices.passFailed(asError(thrown));
    }
  }
  return marks.length;
}
