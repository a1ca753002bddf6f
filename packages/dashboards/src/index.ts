import { opexVsCapex } from "./boards/opex-vs-capex.ts";
import type { Board } from "./panel.ts";
import { toGrafana } from "./to-grafana.ts";

export * from "./panel.ts";
export * from "./panel-sql.ts";
export const BOARDS: readonly Board[] = [opexVsCapex];

export const grafanaJson = (board: Board): string => `${JSON.stringify(toGrafana(board), undefined, 2)}\n`;
