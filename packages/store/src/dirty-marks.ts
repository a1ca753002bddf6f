import type { ClickHouseClient } from "@clickhouse/client";
import type { DirtyMark, DirtyMarks } from "./store.ts";
import { markDirty } from "./write-ledger.ts";

export const createDirtyMarks = (client: ClickHouseClient): DirtyMarks => ({
  async read(limit) {
    const result = await client.query({
      query: `SELECT d.tenant AS tenant, toUnixTimestamp(d.bucket) AS bucket, d.writer AS writer, d.seq AS seq
        FROM (SELECT tenant, bucket, writer, max(seq) AS seq FROM inferledger.dirty GROUP BY tenant, bucket, writer) AS d
        LEFT JOIN (SELECT tenant, bucket, writer, max(seq) AS seq FROM inferledger.done GROUP BY tenant, bucket, writer) AS o USING (tenant, bucket, writer)
        WHERE d.seq > o.seq ORDER BY d.bucket DESC LIMIT {limit:UInt32}`,
      query_params: { limit },
      format: "JSONEachRow",
    });
    const rows = await result.json<{ tenant: string; bucket: number; writer: string; seq: string }>();
    return rows.map((r): DirtyMark => ({
      tenant: r.tenant,
      bucket: r.bucket * 1000,
      writer: r.writer,
      seq: BigInt(r.seq),
    }));
  },
  done: (marks) => markDirty(client, "done", marks),
  mark: (marks) => markDirty(client, "dirty", marks),
});
