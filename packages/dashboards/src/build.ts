/** `npm run dashboards`: writes every board as Grafana JSON into dashboards/. */
import { writeFileSync } from "node:fs";
import { BOARDS, grafanaJson } from "./index.ts";

for (const board of BOARDS)
  writeFileSync(new URL(`../../../dashboards/${board.id}.json`, import.meta.url), grafanaJson(board));
