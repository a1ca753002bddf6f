import type { Router } from "express";
import type { ApiDeps } from "../api.ts";
import { answerSpend } from "../spend.ts";
import { range, readQuery, readSpendQuery, tenantOf } from "./parameters.ts";

export function addSpend(router: Router, { store, pending }: ApiDeps): void {
  router.get("/spend", async (request, response) => {
    response.json(await answerSpend(store, readSpendQuery(request)));
  });
  router.get("/balance", async (request, response) => {
    const { from, to } = readQuery(range, request.query);
    const [stored, waiting] = await Promise.all([
      store.balance(tenantOf(request), from, to),
      pending(tenantOf(request)),
    ]);
    response.json({
      accepted: stored.accepted + waiting,
      priced: stored.priced,
      unpriced: stored.unpriced,
      rejected: stored.rejected,
      duplicate: stored.duplicate,
      pending: waiting,
      ignored: stored.ignored,
    });
  });
}
