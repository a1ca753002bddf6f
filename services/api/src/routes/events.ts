import type { Router } from "express";
import { formatUsd } from "@inferledger/events";
import { takenFrom } from "@inferledger/settle";
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
    response.json({ ...toEvent(event), call: await callOf(event, store) });
  });
}

/** The call that a sighting is of: all that saw it, who wins, by which rule, and what the call took from the others. */
async function callOf(event: StoredSighting, store: ApiDeps["store"]): Promise<object | null> {
  const { rows } = await store.twins.around(event.sighting);
  const key = event.billedBy ?? event.sighting.call_key;
  const call = rows.find((r) => r.sighting.sight === 0 && r.billed && r.sighting.call_key === key);
  const seen = rows.filter((r) => r.sighting.sight !== 0 && (r.billedBy === key || isSame(r, event)));
  const winner = call && seen.find((r) => call.sighting.time === r.sighting.time && r.sighting.call_key === key);
  if (!call || !winner) return null;
  const others = seen.filter((r) => r !== winner);
  return {
    rule: call.rule,
    winner: eventId(winner),
    opex: call.amount === null ? null : formatUsd(call.amount),
    evidence: call.sighting.evidence,
    tokens: call.sighting.tokens,
    sightings: seen.map((r) => ({
      id: eventId(r),
      dialect: r.sighting.dialect,
      scope: r.sighting.scope,
      rule: r.rule,
    })),
    took: takenFrom(
      call.sighting,
      winner.sighting,
      others.map((r) => r.sighting),
    ).map(({ field, from }) => ({ field, from: eventId({ sighting: from }) })),
  };
}

const isSame = (a: StoredSighting, b: StoredSighting): boolean => eventId(a) === eventId(b);

function toEvent(row: StoredSighting): object {
  const s = row.sighting;
  return {
    id: eventId(row),
    call_key: s.call_key,
    time: new Date(s.time).toISOString(),
    billed: row.billed,
    ...(row.billedBy === undefined ? {} : { billed_by: row.billedBy }),
    role: s.role,
    ...(row.rule === "" ? {} : { rule: row.rule }),
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
