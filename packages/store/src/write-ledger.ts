import type { ClickHouseClient } from "@clickhouse/client";
import { INSERT_SETTINGS, keyToUInt64, LEDGER_COLUMNS, seconds } from "./columns.ts";
import { METRIC_COLUMNS, toMetricRow } from "./metric-columns.ts";
import { encodeLedgerRow } from "./row-codec.ts";
import { QUARTER_MS, type DirtyMark, type LedgerBatch } from "./store.ts";

/**
 * One stretch of the log into the ledger. Order matters: everything else first, the dirty marks last. A mark
 * before its rows could be cleared by a recompute that has not seen them.
 */
export async function writeLedger(client: ClickHouseClient, batch: LedgerBatch): Promise<void> {
  await insertRows(client, "ledger", { columns: LEDGER_COLUMNS, values: batch.rows.map(encodeLedgerRow) });
  await insertRows(client, "proof", { columns: PROOF_COLUMNS, values: batch.rows.map(toProof) });
  await insertRows(client, "place", { columns: PLACE_COLUMNS, values: [...toPlaces(batch)] });
  await insertRows(client, "same_call", { columns: ["tenant", "time", "a", "b"], values: [...toEdges(batch)] });
  await insertRows(client, "metric_point", { columns: METRIC_COLUMNS, values: batch.points.map(toMetricRow) });
  await insertRows(client, "gpu_sample", { columns: SAMPLE_COLUMNS, values: batch.samples.map(toSample) });
  await insertRows(client, "receipt", { columns: RECEIPT_COLUMNS, values: batch.receipts.map(toReceipt) });
  await markDirty(client, "dirty", marksOf(batch));
}

const PROOF_COLUMNS =
  "tenant ts call_key sight topic_partition log_offset line arrived response_id trace_id span_id".split(" ");
const toProof = (row: LedgerBatch["rows"][number]): unknown[] => [
  row.sighting.tenant,
  seconds(row.sighting.time),
  keyToUInt64(row.sighting.call_key),
  row.sighting.sight,
  row.topicPartition,
  row.offset.toString(),
  row.line,
  seconds(row.arrived),
  row.sighting.response_id ?? "",
  row.sighting.trace_id ?? "",
  row.sighting.span_id ?? "",
];

const PLACE_COLUMNS = "tenant trace_id span_id parent_id start end call_key sight".split(" ");
const LATEST_END = 4_291_747_199_999;

/** Spans that are no sightings, and the sightings that lie in a trace. */
function* toPlaces({ links, rows }: LedgerBatch): Generator<unknown[]> {
  for (const l of links) yield [l.tenant, l.trace_id, l.span_id, l.parent_id, seconds(l.start), seconds(l.end), "0", 0];
  for (const { sighting: s } of rows) {
    if (s.trace_id === undefined) continue;
    const end = Math.min(s.time + s.duration_ms, LATEST_END);
    const key = keyToUInt64(s.call_key);
    yield [s.tenant, s.trace_id, s.span_id ?? "", s.parent_id ?? "", seconds(s.time), seconds(end), key, s.sight];
  }
}

/** The call's key and the ids beside it, both ways. */
function* toEdges({ rows }: LedgerBatch): Generator<unknown[]> {
  for (const { sighting: s } of rows) {
    const beside = s.weak_key === undefined ? s.other_keys : [...s.other_keys, s.weak_key];
    for (const other of beside) {
      const [a, b] = [keyToUInt64(s.call_key), keyToUInt64(other)];
      yield [s.tenant, seconds(s.time), a, b];
      yield [s.tenant, seconds(s.time), b, a];
    }
  }
}

const SAMPLE_COLUMNS = "tenant gpu time utilization host model source".split(" ");
const toSample = (s: LedgerBatch["samples"][number]): unknown[] => [
  s.tenant,
  s.gpu,
  seconds(s.time),
  s.utilization,
  s.host,
  s.model,
  s.source,
];

const RECEIPT_COLUMNS = "tenant topic_partition log_offset arrived accepted rejected ignored".split(" ");
const toReceipt = (r: LedgerBatch["receipts"][number]): unknown[] => [
  r.receipt.tenant,
  r.topicPartition,
  r.offset.toString(),
  seconds(r.arrived),
  r.receipt.accepted,
  r.receipt.rejected,
  r.receipt.ignored,
];

function marksOf(batch: LedgerBatch): DirtyMark[] {
  const touched = new Map<string, DirtyMark>();
  const mark = (tenant: string, time: number): void => {
    const bucket = Math.floor(time / QUARTER_MS) * QUARTER_MS;
    // Sequences start at 1: a bucket that was never done counts as done up to 0.
    touched.set(`${bucket} ${tenant}`, { tenant, bucket, writer: batch.writer, seq: batch.seq + 1n });
  };
  for (const { sighting } of batch.rows) mark(sighting.tenant, sighting.time);
  // A span in between may show whose call a call is.
  for (const link of batch.links) mark(link.tenant, link.start);
  for (const point of batch.points) mark(point.tenant, point.time);
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
  rows: { readonly columns: readonly string[]; readonly values: readonly unknown[][] },
): Promise<void> {
  if (rows.values.length === 0) return;
  await client.insert({
    table: `inferledger.${table}`,
    columns: rows.columns as [string, ...string[]],
    values: rows.values,
    format: "JSONCompactEachRow",
    clickhouse_settings: INSERT_SETTINGS,
  });
}
