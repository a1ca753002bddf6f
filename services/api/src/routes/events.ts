import type { Router } from "express";
import { formatUsd } from "@inferledger/events";
import { eventId, type StoredSighting } from "@inferledger/store";
import { z } from "zod";
import type { ApiDeps } from "../api.ts";
import { Problem } from "../problem.ts";
import { range, readQuery, tenantOf, word } from "./parameters.ts";

const listQuery = {
  ...range,
  service: word.optional(),
  model: word.optional(),
  billed: z.enum(["true", "false"], { error: "must be true or false" }).optional(),
  limit: z.coerce.number({ error: "must be a number from 1 to 1000" }).int().min(1).max(1000).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,16}_[0-9a-f]{16}_\d{1,10}$/, "must be a `next` of an earlier answer")
    .optional(),
};

export function addEvents(router: Router, { store }: ApiDeps): void {
  router.get("/events", async (request, response) => {
    const { from, to, service, model, billed, limit, cursor } = readQuery(listQuery, request.query);
    const page = await store.events({
      tenant: tenantOf(request),
      from,
      to,
      limit,
      ...(service === undefined ? {} : { service }),
      ...(model === undefined ? {} : { model }),
      ...(billed === undefined ? {} : { billed: billed === "true" }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    response.json({ events: page.events.map(toEvent), ...(page.next === undefined ? {} : { next: page.next }) });
  });
  router.get("/events/:id", async (request, response) => {
    const event = await store.event(tenantOf(request), request.params.id);
    if (!event) throw new Problem(404, `no event ${request.params.id}`, "id");
    response.json(toEvent(event));
  });
}

function toEvent(row: StoredSighting): object {
  const s = row.sighting;
  return {
    id: eventId(row),
    call_key: s.call_key,
    time: new Date(s.time).toISOString(),
    billed: row.billed,
    ...(row.billedBy === undefined ? {} : { billed_by: row.billedBy }),
    evidence: s.evidence,
    source: { signal: s.signal, dialect: s.dialect, scope: s.scope, service: s.service },
    provider: s.provider,
    model: row.model,
    reported_model: s.reported_model,
    tokens: s.tokens,
    raw: s.raw,
    ...(row.amount === null
      ? { unpriced_reason: row.unpricedReason }
      : { opex: formatUsd(row.amount), price_version: row.priceVersion }),
    latency: { duration_ms: s.duration_ms, time_to_first_token_ms: s.ttft_ms },
    attribution: s.attribution,
  };
}
