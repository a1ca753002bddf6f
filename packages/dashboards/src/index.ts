import { opexVsCapex } from "./boards/opex-vs-capex.ts";
import type { Board } from "./panel.ts";

export * from "./panel.ts";
export * from "./panel-sql.ts";
export const BOARDS: readonly Board[] = [opexVsCapex];
