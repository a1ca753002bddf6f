import type { Panel } from "./panel.ts";

/** Text as a ClickHouse string literal's inside: tenant names come from outside. */
export const escapeLiteral = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");

/** The panel's SQL with Grafana's macros expanded as its ClickHouse plugin does (4.20): `from` and `to` in milliseconds. */
export function panelSql(
  panel: Panel,
  view: { readonly tenant: string; readonly zone: string; readonly from: number; readonly to: number },
): string {
  const expanded = panel.sql
    .replaceAll("$__fromTime_ms", `fromUnixTimestamp64Milli(${view.from})`)
    .replaceAll("$__toTime_ms", `fromUnixTimestamp64Milli(${view.to})`);
  return expanded
    .replaceAll("${zone}", () => escapeLiteral(view.zone))
    .replaceAll("${tenant}", () => escapeLiteral(view.tenant));
}
