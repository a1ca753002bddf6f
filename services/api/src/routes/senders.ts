import type { Router } from "express";
import { gapsOf } from "@inferledger/otel";
import type { ReconciledDay, SenderRow } from "@inferledger/store";
import type { ApiDeps } from "../api.ts";
import { range, readQuery, tenantOf } from "./parameters.ts";

/** What each service sends and how good it is, and what its metrics say against its calls. */
export function addSenders(router: Router, { store }: ApiDeps): void {
  router.get("/senders", async (request, response) => {
    const { from, to } = readQuery(range, request.query);
    const rows = await store.senders(tenantOf(request), from, to);
    response.json({ senders: rows.map(toSender) });
  });
  router.get("/reconciliation", async (request, response) => {
    const { from, to } = readQuery(range, request.query);
    const rows = await store.reconciliation(tenantOf(request), from, to);
    response.json({ rows: rows.map(toDay) });
  });
}

/** The best grade that most of its sightings have is the sender's grade. */
function toSender(row: SenderRow): object {
  const calls = row.sightings - row.aggregates;
  return {
    service: row.service,
    signal: row.signal,
    dialect: row.dialect,
    scope: row.scope,
    sightings: row.sightings,
    aggregates: row.aggregates,
    bills_alone: row.billsAlone,
    evidence: row.evidence,
    without_usage: row.evidence.missing,
    share_without_usage: calls === 0 ? "0" : (row.evidence.missing / calls).toFixed(3),
    last_seen: new Date(row.lastSeen).toISOString(),
    known_gaps: gapsOf(row.dialect, row.scope).map(({ id, what, mend, measured }) => ({ id, what, mend, measured })),
  };
}

const toDay = ({ service, day, billedByMetrics, calls, metrics }: ReconciledDay): object => ({
  service,
  day,
  billed_by: billedByMetrics ? "metrics" : "calls",
  calls,
  metrics,
  difference: {
    input: metrics.input - calls.input,
    output: metrics.output - calls.output,
    requests: metrics.requests - calls.requests,
  },
});
