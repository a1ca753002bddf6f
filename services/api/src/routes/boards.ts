import { serveFolder } from "../serve-static.ts";
import type { Express, Router } from "express";
import { BOARDS, panelSql } from "@inferledger/dashboards";
import { accountingZone } from "@inferledger/store";
import { CONSOLE_FOLDER } from "@inferledger/console";
import type { ApiDeps } from "../api.ts";
import { Problem } from "../problem.ts";
import { range, readQuery, tenantOf } from "./parameters.ts";

/** The boards as data, the figures of their panels, and the console that draws them. */
export function addBoards(app: Express, router: Router, { store }: ApiDeps): void {
  router.get("/boards", async (request, response) => {
    response.json({ boards: BOARDS, zone: await accountingZone(store.control, tenantOf(request)) });
  });
  router.get("/boards/:board/panels/:panel", async (request, response) => {
    const panel = BOARDS.find((b) => b.id === request.params.board)?.panels.find((p) => p.id === request.params.panel);
    if (!panel) throw new Problem(404, `no panel ${request.params.board}/${request.params.panel}`, "panel");
    const tenant = tenantOf(request);
    const zone = await accountingZone(store.control, tenant);
    response.json(await store.query(panelSql(panel, { tenant, zone, ...readQuery(range, request.query) })));
  });
  app.use(serveFolder(CONSOLE_FOLDER));
}
