import type { Router } from "express";
import { CONTROL_KINDS, type ControlKind } from "@inferledger/events";
import type { ControlEntry } from "@inferledger/store";
import type { z } from "zod";
import type { ApiDeps } from "../api.ts";
import { Problem, readAs } from "../problem.ts";
import { tenantOf } from "./parameters.ts";

const PATHS: readonly (readonly [string, ControlKind])[] = [
  ["/capex/assets", "asset"],
  ["/gpu/pools", "pool"],
  ["/budgets", "budget"],
  ["/alert-rules", "spike_rule"],
  ["/settings", "settings"],
];

/** What people declare. POST and PUT with the same content again change nothing; DELETE appends a withdrawn revision. */
export function addControl(router: Router, deps: ApiDeps): void {
  for (const [path, kind] of PATHS) addKind(router, { path, kind, deps });
}

function addKind(
  router: Router,
  { path, kind, deps }: { readonly path: string; readonly kind: ControlKind; readonly deps: ApiDeps },
): void {
  const { control } = deps.store;
  const schema = CONTROL_KINDS[kind] as unknown as z.ZodType<{ id: string }>;
  const find = async (tenant: string, id: string): Promise<ControlEntry> => {
    const entry = (await control.list(kind, tenant)).find((e) => e.id === id);
    if (!entry) throw new Problem(404, `no ${kind} ${JSON.stringify(id)}`, "id");
    return entry;
  };
  const put = async (tenant: string, value: { id: string }): Promise<ControlEntry> => {
    const known = (await control.list(kind, tenant)).find((e) => e.id === value.id);
    if (known && JSON.stringify(known.value) === JSON.stringify(value)) return known;
    return control.put({ kind, tenant, id: value.id, knownFrom: deps.now(), deleted: false, value });
  };
  router.get(path, async (request, response) => {
    response.json({ items: (await control.list(kind, tenantOf(request))).map(toItem) });
  });
  router.post(path, async (request, response) => {
    response.status(201).json(toItem(await put(tenantOf(request), readAs(schema, request.body))));
  });
  router.get(`${path}/:id`, async (request, response) => {
    response.json(toItem(await find(tenantOf(request), request.params.id)));
  });
  router.put(`${path}/:id`, async (request, response) => {
    const body: unknown =
      typeof request.body === "object" ? { ...(request.body as object), id: request.params.id } : request.body;
    response.json(toItem(await put(tenantOf(request), readAs(schema, body))));
  });
  router.delete(`${path}/:id`, async (request, response) => {
    const entry = await find(tenantOf(request), request.params.id);
    await control.put({ ...entry, knownFrom: deps.now(), deleted: true });
    response.status(204).end();
  });
}

const toItem = (entry: ControlEntry): object => ({
  ...(entry.value as object),
  revision: entry.revision,
  known_from: new Date(entry.knownFrom).toISOString(),
});
