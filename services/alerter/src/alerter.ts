import { setTimeout as sleep } from "node:timers/promises";
import { budgetSchema, spikeRuleSchema } from "@inferledger/events";
import { asError, inSpan, type Notices, type Service } from "@inferledger/runtime";
import type { Store } from "@inferledger/store";
import { postWebhook } from "./post-webhook.ts";
import { checkBudget, checkSpikes, type Alert } from "./rules.ts";

export interface AlerterDeps {
  readonly store: Store;
  readonly notices: Notices;
  readonly now: () => number;
  readonly webhookUrl: string | undefined;
  readonly webhookAllow: readonly string[];
  readonly everyMs?: number;
}

const MINUTE_MS = 60_000;

/** Evaluates every budget and rule from the ledger, every minute; each occurrence is posted once. */
export function createAlerter(deps: AlerterDeps): Service {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: "alerter",
    async start() {
      running = watch(deps, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function watch(deps: AlerterDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await inSpan("alerter.evaluate", {}, () => evaluate(deps));
    } catch (thrown) {
      deps.notices.warn(
        "alerter.failed_evaluations",
        `alerts were not evaluated and are tried again: ${asError(thrown).message}`,
      );
    }
    await sleep(deps.everyMs ?? MINUTE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** One evaluation. An alert is stored as fired after its post succeeded: a kill between posts it again under the same id. */
export async function evaluate(deps: AlerterDeps): Promise<void> {
  const { store } = deps;
  const fired = new Set((await store.control.list("alert_state")).map((e) => `${e.tenant}\u0000${e.id}`));
  const now = deps.now();
  for (const { tenant, value } of await store.control.list("budget"))
    await check({ tenant, fired, deps }, () => checkBudget(store, tenant, { budget: budgetSchema.parse(value), now }));
  for (const { tenant, value } of await store.control.list("spike_rule"))
    await check({ tenant, fired, deps }, () => checkSpikes(store, tenant, { rule: spikeRuleSchema.parse(value), now }));
}

interface Firing {
  readonly tenant: string;
  readonly fired: Set<string>;
  readonly deps: AlerterDeps;
}

/** One rule's fault keeps no other from being checked. */
async function check(firing: Firing, find: () => Promise<readonly Alert[]>): Promise<void> {
  try {
    await fire(await find(), firing);
  } catch (thrown) {
    firing.deps.notices.warn(
      "alerter.failed_evaluations",
      `a rule of tenant ${firing.tenant} was not evaluated and is tried again: ${asError(thrown).message}`,
    );
  }
}

async function fire(alerts: readonly Alert[], { tenant, fired, deps }: Firing): Promise<void> {
  for (const alert of alerts) {
    const key = `${tenant}\u0000${alert.id}`;
    if (fired.has(key)) continue;
    try {
      if (deps.webhookUrl !== undefined)
        await postWebhook(new URL(deps.webhookUrl), { tenant, ...alert }, deps.webhookAllow);
    } catch (thrown) {
      deps.notices.warn(
        "alerter.failed_posts",
        `alert ${alert.id} was not posted and is tried again: ${asError(thrown).message}`,
      );
      continue;
    }
    fired.add(key);
    await deps.store.control.put({
      kind: "alert_state",
      tenant,
      id: alert.id,
      knownFrom: deps.now(),
      deleted: false,
      value: alert,
    });
    deps.notices.warn("alerter.alerts", alert.text);
  }
}
