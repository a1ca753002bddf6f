import {
  ATTRIBUTES,
  BUCKETS,
  formatUsd,
  readUsd,
  type LedgerRow,
  type Sighting,
  type Tokens,
} from "@inferledger/events";
import { keyFromUInt64, keyToUInt64, seconds } from "./columns.ts";
import { sightingVersion } from "./row-version.ts";
import type { StoredSighting } from "./stored-sighting.ts";

const NOBODY = "0";
const LONGEST_MS = 0xffffffff;

/** The month a row is booked in, counted from January 1970, UTC. */
export const periodOf = (time: number): number => {
  const date = new Date(time);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
};

export interface Encoding {
  readonly kind: "sighting" | "call";
  readonly version: bigint;
  readonly winner: number;
  readonly billed: boolean;
  readonly billedBy: string | undefined;
}

/** A ledger row as JSONCompactEachRow, in the order of LEDGER_COLUMNS. */
export function encodeRow(row: Omit<StoredSighting, "billed" | "billedBy">, encoding: Encoding): unknown[] {
  const s = row.sighting;
  return [
    s.tenant,
    seconds(s.time),
    keyToUInt64(s.call_key),
    s.sight,
    encoding.version.toString(),
    encoding.kind,
    encoding.winner,
    Number(encoding.billed),
    encoding.billedBy === undefined ? NOBODY : keyToUInt64(encoding.billedBy),
    s.other_keys.map(keyToUInt64),
    s.may_twin,
    s.precedence,
    s.evidence,
    row.period,
    s.reported_model,
    s.operation,
    s.service_tier,
    s.region,
    s.signal,
    s.dialect,
    s.scope,
    s.instance,
    ...ATTRIBUTES.map((a) => s.attribution[a] ?? ""),
    row.model,
    s.provider,
    s.service,
    Math.min(s.duration_ms, LONGEST_MS),
    Math.min(s.ttft_ms, LONGEST_MS),
    s.requests,
    ...BUCKETS.map((b) => s.tokens[b] ?? 0),
    s.raw,
    row.priceVersion,
    row.pricedBy,
    row.amount === null ? "0" : formatUsd(row.amount),
    s.reported_cost ?? null,
    row.unpricedReason,
    s.role,
    row.rule,
    s.weak_key === undefined ? NOBODY : keyToUInt64(s.weak_key),
  ];
}

/** A priced sighting as it is written first: billed, until settling says otherwise. */
export function encodeLedgerRow({ sighting, price }: LedgerRow): unknown[] {
  const period = periodOf(sighting.time);
  const priceVersion = price.kind === "priced" ? price.priceVersion : 0;
  return encodeRow(
    {
      sighting,
      model: price.model,
      amount: price.kind === "priced" ? price.amount : 0n,
      unpricedReason: price.kind === "unpriced" ? price.reason : "",
      priceVersion,
      pricedBy: price.kind === "pool" ? "pool" : "book",
      period,
      rule: "",
    },
    {
      kind: "sighting",
      version: sightingVersion(sighting, period, priceVersion),
      winner: 0,
      // An aggregate bills only when settling finds no call below it: until then it would count its calls twice.
      billed: sighting.role !== "aggregate",
      billedBy: undefined,
    },
  );
}

type Stored = Readonly<Record<string, string | number | string[] | Record<string, string> | null>>;

/** A text or number as the engine writes it; anything else is no scalar column. */
const scalar = (value: Stored[string] | undefined): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** A row of `SELECT * FROM ledger` in JSONEachRow, with ts as milliseconds in `ts_ms`. */
export function decodeRow(row: Stored): StoredSighting {
  const text = (name: string): string => scalar(row[name]);
  const unpricedReason = text("unpriced_reason");
  const billedBy = text("billed_by");
  return {
    sighting: decodeSighting(row),
    model: text("model"),
    amount: unpricedReason === "" ? readUsd(text("amount")) : null,
    unpricedReason,
    priceVersion: Number(row.price_version),
    pricedBy: text("priced_by") as StoredSighting["pricedBy"],
    period: Number(row.period),
    billed: Number(row.billed) === 1,
    billedBy: billedBy === NOBODY ? undefined : keyFromUInt64(billedBy),
    rule: text("settled_by"),
  };
}

function decodeSighting(row: Stored): Sighting {
  const text = (name: string): string => scalar(row[name]);
  const tokens: Tokens = {};
  for (const bucket of BUCKETS) if (Number(row[bucket]) > 0) tokens[bucket] = Number(row[bucket]);
  const attribution = Object.fromEntries(ATTRIBUTES.map((a) => [a, text(a)] as const).filter(([, v]) => v !== ""));
  return {
    kind: "usage",
    tenant: text("tenant"),
    call_key: keyFromUInt64(text("call_key")),
    sight: Number(row.sight),
    other_keys: (row.other_keys as string[]).map(keyFromUInt64),
    ...(text("weak_key") === NOBODY ? {} : { weak_key: keyFromUInt64(text("weak_key")) }),
    time: Number(row.ts_ms),
    signal: text("signal") as Sighting["signal"],
    role: text("role") as Sighting["role"],
    dialect: text("dialect"),
    scope: text("scope"),
    service: text("service"),
    instance: text("instance"),
    operation: text("operation"),
    provider: text("provider"),
    reported_model: text("reported_model"),
    service_tier: text("service_tier"),
    region: text("region"),
    evidence: text("evidence") as Sighting["evidence"],
    may_twin: text("may_twin") as Sighting["may_twin"],
    precedence: Number(row.precedence),
    requests: Number(row.requests),
    tokens,
    raw: Object.fromEntries(Object.entries(row.raw as Record<string, string>).map(([k, v]) => [k, Number(v)])),
    ...(row.reported_cost === null ? {} : { reported_cost: text("reported_cost") }),
    duration_ms: Number(row.duration_ms),
    ttft_ms: Number(row.ttft_ms),
    attribution,
  };
}
