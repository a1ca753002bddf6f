import { inputTokens } from "@inferledger/events";
import type { Seen } from "./settle-calls.ts";
import { byIdentity, type Units } from "./units.ts";

/** Families of senders that see the same calls without a shared id. Measured: the provider's SDK beside an instrumentation, an event beside a span. */
const PROVIDER_SDKS = ["anthropic-sdk", "mistral-sdk"];
const BESIDE_AN_SDK = ["openinference", "langsmith", "langfuse", "langfuse-openai", "traceloop", "otel-genai"];
const SAME_PROGRAM: readonly (readonly string[])[] = [
  ["langfuse", "langfuse-openai"],
  ["codex", "codex-span"],
  ["gemini-cli", "gemini-cli-span"],
  ["otel-genai", "otel-genai-event"],
  ["openlit", "openlit-event"],
  ["github-copilot", "otel-genai-event"],
];

const familyOf = ({ sighting }: Seen): string => `${sighting.dialect}/${sighting.signal}`;

function doubles(a: Seen, b: Seen): boolean {
  const [x, y] = [a.sighting.dialect, b.sighting.dialect];
  if (familyOf(a) === familyOf(b)) return false;
  if (SAME_PROGRAM.some((program) => program.includes(x) && program.includes(y))) return true;
  const isPair = (sdk: string, other: string): boolean => PROVIDER_SDKS.includes(sdk) && BESIDE_AN_SDK.includes(other);
  return isPair(x, y) || isPair(y, x);
}

/**
 * Pairs what shares no id: the same service instance, model, output and inclusive input, at overlapping times; the k-th
 * of one family with the k-th of the other. Never without output, as embeddings repeat their figures.
 */
export function joinByFigures<Row extends Seen>(units: Units<Row>): void {
  const able = units.rows.filter((row) => row.sighting.role === "call" && outputOf(row) > 0);
  for (const group of Map.groupBy(able, figures).values()) {
    if (group.length < 2 || !group.some((row) => row.sighting.may_twin === "unkeyed")) continue;
    const families = [...Map.groupBy(group.toSorted(byIdentity), familyOf).entries()].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    families.forEach(([, left], i) => {
      for (const [, right] of families.slice(i + 1)) pair(left, right, units);
    });
  }
}

const GATEWAYS = ["litellm", "litellm-payload", "openrouter"];

/**
 * Calls without output, such as embeddings, that a client sent to an address that is no provider's, and that a gateway
 * tells of: the same input, the gateway's interval inside of the client's, the k-th with the k-th.
 */
export function joinGatewayEmbeddings<Row extends Seen>(units: Units<Row>): void {
  const able = units.rows.filter(
    (r) => r.sighting.role === "call" && outputOf(r) === 0 && r.sighting.evidence !== "missing",
  );
  const isGateway = (row: Row): boolean => GATEWAYS.includes(row.sighting.dialect);
  const byInput = Map.groupBy(able, (row) => inputTokens(row.sighting.tokens));
  for (const group of byInput.values()) {
    const free = group.filter((row) => !isGateway(row) && row.sighting.raw["proxied"] === 1);
    for (const gateway of group.filter(isGateway)) {
      if (free.some((client) => units.unitOf(client) === units.unitOf(gateway))) continue;
      const at = free.findIndex((client) => encloses(client, gateway) && sameModel(client, gateway));
      if (at < 0) continue;
      units.join(gateway, free[at] as Row, "figures");
      free.splice(at, 1);
    }
  }
}

function encloses(client: Seen, gateway: Seen): boolean {
  const [outer, inner] = [interval(client), interval(gateway)];
  return (
    outer.start - SLACK_MS <= inner.start &&
    inner.end <= outer.end + SLACK_MS &&
    client.sighting.service !== gateway.sighting.service
  );
}

function pair<Row extends Seen>(left: readonly Row[], right: readonly Row[], units: Units<Row>): void {
  const free = right.filter((row) => !left.some((l) => units.unitOf(l) === units.unitOf(row)));
  for (const row of left) {
    if (right.some((r) => units.unitOf(r) === units.unitOf(row))) continue;
    const at = free.findIndex(
      (other) => doubles(row, other) && sameInstance(row, other) && sameModel(row, other) && overlap(row, other),
    );
    if (at < 0) continue;
    units.join(row, free[at] as Row, "figures");
    free.splice(at, 1);
  }
}

/** The output as it was sent: two views of a call may differ in whether they add the thoughts, never in this. */
const outputOf = ({ sighting }: Seen): number => sighting.raw["output"] ?? 0;

const figures = (row: Seen): string =>
  [row.sighting.service, inputTokens(row.sighting.tokens), outputOf(row)].join("\u0000");

/** A sender that does not name the model, or by an alias that no catalogue knows, is no contradiction. */
const sameModel = (a: Seen, b: Seen): boolean =>
  a.model === b.model ||
  [a, b].some(
    (row) => row.model === "" || row.sighting.reported_model === "" || row.unpricedReason === "unknown_model",
  );

/** One program may name its host on one signal only. */
const sameInstance = (a: Seen, b: Seen): boolean =>
  a.sighting.instance === b.sighting.instance || a.sighting.instance === "" || b.sighting.instance === "";

/** Clocks of two records of one process agree; a log record is written a little after its span's end. */
const SLACK_MS = 2000;

export function overlap(a: Seen, b: Seen): boolean {
  const [x, y] = [interval(a), interval(b)];
  return x.start <= y.end + SLACK_MS && y.start <= x.end + SLACK_MS;
}

function interval({ sighting: s }: Seen): { readonly start: number; readonly end: number } {
  return s.signal === "log"
    ? { start: s.time - s.duration_ms, end: s.time }
    : { start: s.time, end: s.time + s.duration_ms };
}
