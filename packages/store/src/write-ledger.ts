import type { ClickHouseClient } from "@clickhouse/client";
import { INSERT_SETTINGS, keyToUInt64, LEDGER_COLUMNS, seconds } from "./columns.ts";
import { encodeLedgerRow } from "./row-codec.ts";
import { QUARTER_MS, type DirtyMark, type LedgerBatch } from "./store.ts";

/**
 * One stretch of the log into the ledger. Order matters: everything else first, the dirty marks last. A mark
 * before its rows could be cleared by a recompute that has not seen them.
 */
export async function writeLedger(client: ClickHouseClient, batch: LedgerBatch): Promise<void> {
  const insert = (
    table: string,
    columns: readonly [string, ...string[]],
    values: readonly unknown[][],
  ): Promise<void> => insertRows(client, table, { columns, values });
  await insert("ledger", LEDGER_COLUMNS as unknown as [string, ...string[]], batch.rows.map(encodeLedgerRow));
  await insert(
    "proof",
    [
      "tenant",
      "ts",
      "call_key",
      "sight",
      "topic_partition",
      "log_offset",
      "line",
      "arrived",
      "response_id",
      "trace_id",
      "span_id",
    ],
    batch.rows.map(({ sighting: s, topicPartition, offset, line, arrived }) => [
      s.tenant,
      seconds(s.time),
      keyToUInt64(s.call_key),
      s.sight,
      topicPartition,
      offset.toString(),
      line,
      seconds(arrived),
      s.response_id ?? "",
      s.trace_id ?? "",
      s.span_id ?? "",
    ]),
  );
  await insert(
    "link",
    ["tenant", "trace_id", "span_id", "parent_id", "service", "instance", "start", "end"],
    batch.links.map((l) => [
      l.tenant,
      l.trace_id,
      l.span_id,
      l.parent_id,
      l.service,
      l.instance,
      seconds(l.start),
      seconds(l.end),
    ]),
  );
  await insert(
    "gpu_sample",
    ["tenant", "gpu", "time", "utilization", "host", "model", "source"],
    batch.samples.map((s) => [s.tenant, s.gpu, seconds(s.time), s.utilization, s.host, s.model, s.source]),
  );
  await insert(
    "receipt",
    ["tenant", "topic_partition", "log_offset", "arrived", "accepted", "rejected", "ignored"],
    batch.receipts.map((r) => [
      r.receipt.tenant,
      r.topicPartition,
      r.offset.toString(),
      seconds(r.arrived),
      r.receipt.accepted,
      r.receipt.rejected,
      r.receipt.ignored,
    ]),
  );
  await markDirty(client, "dirty", marksOf(batch));
}

function marksOf(batch: LedgerBatch): DirtyMark[] {
  const touched = new Map<string, DirtyMark>();
  const mark = (tenant: string, time: number): void => {
    const bucket = Math.floor(time / QUARTER_MS) * QUARTER_MS;
    // Sequences start at 1: a bucket that was never done counts as done up to 0.
    touched.set(`${bucket} ${tenant}`, { tenant, bucket, writer: batch.writer, seq: batch.seq + 1n });
  };
  for (const { sighting } of batch.rows) mark(sighting.tenant, sighting.time);
  for (const sample of batch.samples) mark(sample.tenant, sample.time);
  return [...touched.values()];
}

export const markDirty = (
  client: ClickHouseClient,
  table: "dirty" | "done",
  marks: readonly DirtyMark[],
): Promise<void> =>
  insertRows(client, table, {
    columns: ["tenant", "bucket", "writer", "seq"],
    values: marks.map((m) => [m.tenant, m.bucket / 1000, m.writer, m.seq.toString()]),
  });

export async function insertRows(
  client: ClickHouseClient,
  table: string,
  rows: { readonly columns: readonly [string, ...string[]]; readonly values: readonly unknown[][] },
): Promise<void> {
  if (rows.values.length === 0) return;
  await client.insert({
    table: `inferledger.${table}`,
    columns: [...rows.columns] as [string, ...string[]],
    values: rows.values,
    format: "JSONCompactEachRow",
    clickhouse_settings: INSERT_SETTINGS,
  });
}
