import { priceUsage, type PriceBook } from "@inferledger/cost-model";
import type { LedgerRow, Pool } from "@inferledger/events";
import type { LedgerBatch, StoredReceipt } from "@inferledger/store";
import type { Delivery, LogRecord } from "@inferledger/stream";
import type { ReadRecord } from "./read-record.ts";

export interface Book {
  readonly prices: PriceBook;
  /** Pools of a tenant as they were known at a time (ms). */
  pools(tenant: string, knownAt: number): readonly Pool[];
}

/** Prices a record's sightings by their own time, with the book as it was known when the record was appended. */
export function priceRecord(record: LogRecord, read: ReadRecord, book: Book): LedgerRow[] {
  return read.sightings.map(({ sighting, line }) => ({
    sighting,
    price: priceUsage(book.prices, {
      provider: sighting.provider,
      reportedModel: sighting.reported_model,
      time: sighting.time,
      tokens: sighting.tokens,
      requests: sighting.requests,
      serviceTier: sighting.service_tier,
      evidence: sighting.evidence,
      pools: book.pools(sighting.tenant, record.time),
    }),
    arrived: record.time,
    topicPartition: `${record.topic}/${record.partition}`,
    offset: record.offset,
    line,
  }));
}

export interface PricedRecord {
  readonly record: LogRecord;
  readonly read: ReadRecord;
  readonly rows: readonly LedgerRow[];
}

/** One delivery as one batch for the ledger, under its partition's name. */
export function toBatch(delivery: Delivery, priced: readonly PricedRecord[]): LedgerBatch {
  return {
    writer: `${delivery.topic}/${delivery.partition}`,
    seq: delivery.records.at(-1)?.offset ?? 0n,
    rows: priced.flatMap((p) => p.rows),
    links: priced.flatMap((p) => p.read.links),
    samples: priced.flatMap((p) => p.read.samples),
    points: priced.flatMap((p) => p.read.points),
    receipts: priced.map(toStoredReceipt),
  };
}

const toStoredReceipt = ({ record, read }: PricedRecord): StoredReceipt => ({
  topicPartition: `${record.topic}/${record.partition}`,
  offset: record.offset,
  arrived: record.time,
  receipt: read.receipt,
});
