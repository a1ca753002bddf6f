import { ATTRIBUTES } from "./attribution.ts";
import { BUCKETS } from "./buckets.ts";
import { EVIDENCE, LATEST_MS, ROLES, SIGNALS, type Sighting } from "./sighting.ts";

/**
 * Whether a value is a sighting that `sightingSchema` would return unchanged: nothing to default, nothing to drop.
 * Our own collector writes no others, and this costs a tenth of the schema. False says nothing: ask the schema.
 */
export function isWholeSighting(value: unknown): value is Sighting {
  if (!isRecord(value)) return false;
  let known = 0;
  for (const [name, holds] of FIELDS) {
    const field = value[name];
    if (field === undefined && OPTIONAL.has(name)) continue;
    if (!holds(field)) return false;
    known += 1;
  }
  return Object.keys(value).length === known;
}

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText: Check = (v) => typeof v === "string" && v.length <= 1024;
const isTextOf =
  (most: number): Check =>
  (v) =>
    typeof v === "string" && v.length <= most;
const isCount: Check = (v) => typeof v === "number" && Number.isSafeInteger(v) && v >= 0;
const isUpTo =
  (least: number, most: number): Check =>
  (v) =>
    isCount(v) && (v as number) >= least && (v as number) <= most;
const KEY = /^[0-9a-f]{16}$/;
const isKey: Check = (v) => typeof v === "string" && KEY.test(v);
const isOneOf = (values: readonly string[]): Check => {
  const set = new Set<unknown>(values);
  return (v) => set.has(v);
};
const isMapOf = (names: readonly string[] | undefined, holds: Check): Check => {
  const known = names && new Set(names);
  return (v) => {
    if (!isRecord(v)) return false;
    for (const name of Object.keys(v)) {
      if (known ? !known.has(name) : name.length > 1024 || name === "__proto__") return false;
      if (!holds(v[name])) return false;
    }
    return true;
  };
};

const OPTIONAL = new Set(["reported_cost", "response_id", "trace_id", "span_id", "parent_id", "weak_key"]);
const FIELDS: readonly (readonly [keyof Sighting, Check])[] = [
  ["kind", (v) => v === "usage"],
  ["tenant", isText],
  ["call_key", isKey],
  ["sight", isUpTo(1, 0xffffffff)],
  ["other_keys", (v) => Array.isArray(v) && v.length <= 8 && v.every(isKey)],
  ["weak_key", isKey],
  ["time", isUpTo(0, LATEST_MS)],
  ["signal", isOneOf(SIGNALS)],
  ["role", isOneOf(ROLES)],
  ["dialect", isText],
  ["scope", isText],
  ["service", isText],
  ["instance", isText],
  ["operation", isText],
  ["provider", isText],
  ["reported_model", isText],
  ["service_tier", isText],
  ["region", isText],
  ["evidence", isOneOf(EVIDENCE)],
  ["may_twin", isOneOf(["none", "keyed", "unkeyed"])],
  ["precedence", isUpTo(0, 255)],
  ["requests", isCount],
  ["tokens", isMapOf(BUCKETS, isCount)],
  ["raw", isMapOf(undefined, isCount)],
  ["reported_cost", isText],
  ["duration_ms", isCount],
  ["ttft_ms", isCount],
  ["response_id", isText],
  ["trace_id", isTextOf(32)],
  ["span_id", isTextOf(16)],
  ["parent_id", isTextOf(16)],
  ["attribution", isMapOf(ATTRIBUTES, isText)],
];
