import type { ClickHouseClient } from "@clickhouse/client";
import { seconds } from "../columns.ts";
import type { ControlEntry, ControlStore } from "../store.ts";
import { insertRows } from "../write-ledger.ts";

export function createControl(client: ClickHouseClient): ControlStore {
  // Revisions are counted: of two puts at once, the second must see the first.
  let last: Promise<unknown> = Promise.resolve();
  return {
    put(entry) {
      const mine = last.then(() => append(client, entry));
      last = mine.catch(() => undefined);
      return mine;
    },
    history: (kind) => select(client, "kind = {kind:String}", { kind }),
    async list<T>(kind: ControlEntry["kind"], tenant?: string) {
      const rows = await select(
        client,
        tenant === undefined ? "kind = {kind:String}" : "kind = {kind:String} AND tenant = {tenant:String}",
        { kind, tenant: tenant ?? "" },
      );
      const latest = new Map(rows.map((r) => [`${r.tenant}\u0000${r.id}`, r]));
      return [...latest.values()].filter((r) => !r.deleted) as ControlEntry<T>[];
    },
  };
}

async function append(client: ClickHouseClient, entry: Omit<ControlEntry, "revision">): Promise<ControlEntry> {
  const revision = (await latestRevision(client, entry)) + 1;
  const { kind, tenant, id, knownFrom, deleted, value } = entry;
  await insertRows(client, "control", {
    columns: ["kind", "tenant", "id", "revision", "known_from", "deleted", "json"],
    values: [[kind, tenant, id, revision, seconds(knownFrom), Number(deleted), JSON.stringify(value)]],
  });
  return { ...entry, revision };
}

async function latestRevision(
  client: ClickHouseClient,
  entry: Pick<ControlEntry, "kind" | "tenant" | "id">,
): Promise<number> {
  const rows = await select(client, "kind = {kind:String} AND tenant = {tenant:String} AND id = {id:String}", {
    kind: entry.kind,
    tenant: entry.tenant,
    id: entry.id,
  });
  return rows.at(-1)?.revision ?? 0;
}

/** Oldest revision first. */
async function select(
  client: ClickHouseClient,
  where: string,
  params: Record<string, string>,
): Promise<ControlEntry[]> {
  const result = await client.query({
    query: `SELECT kind, tenant, id, revision, toUnixTimestamp64Milli(known_from) AS known_from_ms, deleted, json FROM inferledger.control FINAL WHERE ${where} ORDER BY tenant, id, revision`,
    query_params: params,
    format: "JSONEachRow",
  });
  const rows = await result.json<{
    kind: ControlEntry["kind"];
    tenant: string;
    id: string;
    revision: number;
    known_from_ms: string;
    deleted: number;
    json: string;
  }>();
  return rows.map((r) => ({
    kind: r.kind,
    tenant: r.tenant,
    id: r.id,
    revision: r.revision,
    knownFrom: Number(r.known_from_ms),
    deleted: r.deleted === 1,
    value: JSON.parse(r.json) as unknown,
  }));
}
