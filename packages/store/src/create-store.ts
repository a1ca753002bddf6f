import type { ClickHouseClient } from "@clickhouse/client";
import { createAllocations } from "./allocations.ts";
import { keepBalanceDays } from "./balance-days.ts";
import { createControl } from "./control/control.ts";
import { createDirtyMarks } from "./dirty-marks.ts";
import { createMetricStore } from "./metrics.ts";
import { migrate } from "./migrate.ts";
import { readBalance } from "./queries/balance.ts";
import { countKnown, readEvent, readEvents } from "./queries/events.ts";
import { readReconciliation, readSenders } from "./queries/senders.ts";
import { readSpend } from "./queries/spend.ts";
import { createRepricing } from "./repricing.ts";
import { createSpend15m } from "./rollups/spend-15m.ts";
import type { Store } from "./store.ts";
import { createTwins } from "./twins.ts";
import { writeLedger } from "./write-ledger.ts";

/** The store over any ClickHouse: a server or the embedded engine, by the client's URL. */
export function createStore({ client, now }: { readonly client: ClickHouseClient; readonly now: () => number }): Store {
  return {
    write: (batch) => writeLedger(client, batch),
    dirty: createDirtyMarks(client),
    twins: createTwins({ client, now }),
    metrics: createMetricStore(client),
    repricing: createRepricing(client),
    rollups: createSpend15m(client),
    allocations: createAllocations({ client, now }),
    control: createControl(client),
    spend: (query) => readSpend(client, query),
    balance: (tenant, from, to) => readBalance(client, tenant, { from, to }),
    keepBalanceDays: (before) => keepBalanceDays(client, before),
    senders: (tenant, from, to) => readSenders(client, tenant, { from, to }),
    reconciliation: (tenant, from, to) => readReconciliation(client, tenant, { from, to }),
    events: (query) => readEvents(client, query),
    event: (tenant, id) => readEvent(client, tenant, id),
    knownEvents: (tenant, sightings) => countKnown(client, tenant, sightings),
    async query(sql) {
      const result = await client.query({
        query: sql,
        format: "JSONCompact",
        // Pruning by partition loses rows of the second before a DateTime that a DateTime64 is compared with.
        clickhouse_settings: { max_execution_time: 30, max_result_rows: "100000", use_partition_pruning: 0 },
      });
      const { meta, data } = await result.json<unknown[]>();
      return { columns: (meta ?? []).map((m) => m.name), rows: data };
    },
    migrate: () => migrate(client),
    async ping() {
      const answer = await client.ping();
      if (!answer.success) throw answer.error;
    },
    close: () => client.close(),
  };
}
