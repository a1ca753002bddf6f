import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  TextBoxVariableBuilder,
  type Dashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { COLOURS, type Board, type Panel } from "./panel.ts";

const SOURCE = { type: "grafana-clickhouse-datasource", uid: "${datasource}" };

/** The Grafana form of a query: what the ClickHouse data source plugin reads. The SDK has no type for it. */
const clickHouseQuery = (panel: Panel) => ({
  build: () => ({
    refId: "A",
    datasource: SOURCE,
    editorType: "sql",
    queryType: panel.kind === "timeseries" ? "timeseries" : "table",
    format: panel.kind === "timeseries" ? 0 : 1,
    rawSql: panel.sql,
    _implementsDataqueryVariant: () => undefined,
  }),
});

/** A board as Grafana's own JSON, from the same definition that the console draws. */
export function toGrafana(board: Board): Dashboard {
  const dashboard = new DashboardBuilder(board.title)
    .uid(`inferledger-${board.id}`)
    .tags(["inferledger"])
    .timezone("utc")
    .time({ from: "now-30d", to: "now" })
    .refresh("30s")
    .editable()
    .withVariable(new DatasourceVariableBuilder("datasource").label("ClickHouse").type("grafana-clickhouse-datasource"))
    .withVariable(new TextBoxVariableBuilder("tenant").label("Tenant").defaultValue("default"))
    .withVariable(new TextBoxVariableBuilder("zone").label("Accounting zone").defaultValue("UTC"));
  let x = 0;
  let y = 0;
  for (const panel of board.panels) {
    if (x + panel.width > 24) [x, y] = [0, y + panel.height];
    dashboard.withPanel(toPanel(panel, { x, y }));
    x += panel.width;
    if (x === 24) [x, y] = [0, y + panel.height];
  }
  return dashboard.build();
}

function toPanel(
  panel: Panel,
  at: { readonly x: number; readonly y: number },
): StatBuilder | TableBuilder | TimeseriesBuilder {
  const builder =
    panel.kind === "stat" ? new StatBuilder() : panel.kind === "table" ? new TableBuilder() : new TimeseriesBuilder();
  builder
    .title(panel.title)
    .description(panel.explain)
    .datasource(SOURCE)
    .gridPos({ ...at, w: panel.width, h: panel.height })
    .withTarget(clickHouseQuery(panel));
  builder.unit(panel.unit === "usd" ? "currencyUSD" : "short");
  for (const series of panel.series) {
    const plain = series.meaning === "plain";
    const properties = [
      { id: "displayName", value: series.title },
      ...(plain ? [] : [{ id: "color", value: { mode: "fixed", fixedColor: COLOURS[series.meaning] } }]),
      ...(["requests", "unpriced"].includes(series.column) ? [{ id: "unit", value: "short" }] : []),
    ];
    builder.overrideByName(series.column, properties);
  }
  return builder;
}
