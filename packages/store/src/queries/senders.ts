import type { ClickHouseClient } from "@clickhouse/client";
import { EVIDENCE } from "@inferledger/events";
import type { ReconciledDay, SenderRow } from "../sender-store.ts";
import type { Range } from "./arrivals.ts";

const IN_TIME = "ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})";
const parameters = (tenant: string, { from, to }: Range): Record<string, string> => ({
  tenant,
  from: String(from),
  to: String(to),
});
type Row = Readonly<Record<string, string>>;

/** What each service sends, by the sender that shows itself in it. */
export async function readSenders(client: ClickHouseClient, tenant: string, range: Range): Promise<SenderRow[]> {
  const grades = EVIDENCE.map((grade) => `countIf(evidence = '${grade}') AS n_${grade}`).join(", ");
  const result = await client.query({
    query: `SELECT service, signal, dialect, scope, count() AS sightings, countIf(billed = 1) AS alone,
        countIf(role = 'aggregate') AS aggregates, toUnixTimestamp64Milli(max(ts)) AS last, ${grades}
      FROM inferledger.ledger FINAL WHERE tenant = {tenant:String} AND sight != 0 AND ${IN_TIME}
      GROUP BY service, signal, dialect, scope ORDER BY service, sightings DESC, dialect, scope
      SETTINGS do_not_merge_across_partitions_select_final = 1`,
    query_params: parameters(tenant, range),
    format: "JSONEachRow",
  });
  return (await result.json<Row>()).map((row) => ({
    service: row["service"] ?? "",
    signal: row["signal"] ?? "",
    dialect: row["dialect"] ?? "",
    scope: row["scope"] ?? "",
    sightings: Number(row["sightings"]),
    aggregates: Number(row["aggregates"]),
    billsAlone: Number(row["alone"]),
    lastSeen: Number(row["last"]),
    evidence: Object.fromEntries(EVIDENCE.map((grade) => [grade, Number(row[`n_${grade}`])])) as SenderRow["evidence"],
  }));
}

const sum = (prefix: string): string =>
  prefix === "input"
    ? "input_uncached + input_cache_read + input_cache_write_5m + input_cache_write_30m + input_cache_write_1h + input_cache_write_12h + input_cache_write_unspecified + input_audio + input_audio_cache_read + input_image + input_image_cache_read + input_video"
    : "output_text + output_reasoning + output_audio + output_image + output_video";

/** Of services that send metrics, what these say against what the calls say, by UTC day. */
export async function readReconciliation(
  client: ClickHouseClient,
  tenant: string,
  range: Range,
): Promise<ReconciledDay[]> {
  const of = (side: string, when: string): string =>
    `sumIf(${sum("input")}, ${when}) AS ${side}_input, sumIf(${sum("output")}, ${when}) AS ${side}_output, sumIf(requests, ${when}) AS ${side}_requests`;
  const result = await client.query({
    query: `SELECT service, toString(toDate(ts)) AS day, ${of("metrics", "signal = 'metric' AND settled_by != 'gone'")}, ${of("calls", "signal != 'metric' AND billed = 1")},
        countIf(signal = 'metric' AND billed = 1) > 0 AS by_metrics
      FROM inferledger.ledger FINAL
      WHERE tenant = {tenant:String} AND ${IN_TIME} AND service IN (SELECT service FROM inferledger.ledger WHERE tenant = {tenant:String} AND signal = 'metric' AND ${IN_TIME})
      GROUP BY service, day ORDER BY day, service SETTINGS do_not_merge_across_partitions_select_final = 1`,
    query_params: parameters(tenant, range),
    format: "JSONEachRow",
  });
  return (await result.json<Row>()).map((row) => {
    const side = (name: string): ReconciledDay["calls"] => ({
      input: Number(row[`${name}_input`]),
      output: Number(row[`${name}_output`]),
      requests: Number(row[`${name}_requests`]),
    });
    return {
      service: row["service"] ?? "",
      day: row["day"] ?? "",
      billedByMetrics: Number(row["by_metrics"]) === 1,
      calls: side("calls"),
      metrics: side("metrics"),
    };
  });
}
