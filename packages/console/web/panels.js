import { bars } from "./bars.js";
import { toCsv } from "./csv.js";
import { element } from "./element.js";
import { count, money } from "./money.js";

/** Draws one panel of a board from its definition and its figures. */
export function drawPanel(section, panel, data, asTable) {
  const body = [];
  if (data.rows.length === 0) body.push(element("p", "Nothing in this range.", { class: "state" }));
  else if (panel.kind === "stat") body.push(stat(panel, data));
  else if (panel.kind === "timeseries" && !asTable) body.push(...bars(panel, data));
  else body.push(table(panel, data));
  section.replaceChildren(element("h2", panel.title), ...body, foot(panel, data));
}

/** How the figure is made, its query, and the same figures in full as a file. */
function foot(panel, data) {
  const made = element("details");
  const file = new Blob([toCsv(data)], { type: "text/csv" });
  const link = element("a", "CSV", { download: `${panel.id}.csv`, href: "#" });
  link.addEventListener("click", () => {
    link.href = URL.createObjectURL(file);
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
  made.append(
    element("summary", "How is this figure made?"),
    element("p", panel.explain),
    element("pre", panel.sql),
    link,
  );
  return made;
}

const shown = (panel, series, value) => {
  if (value === "" || value === null || value === undefined) return "nobody's";
  if (["requests", "unpriced"].includes(series.column) || panel.unit === "requests") return count(value);
  return series.meaning === "plain" && series.column !== "total" ? String(value) : money(String(value));
};

function stat(panel, data) {
  const [series] = panel.series;
  const value = data.rows[0][data.columns.indexOf(series.column)];
  return element("div", shown(panel, series, value), {
    class: `figure means-${series.meaning}`,
    title: String(value),
    "data-panel": panel.id,
  });
}

/** A row of which no call has a price shows that, never $0. */
function isUnpriced(row, { columns }) {
  const [requests, unpriced] = ["requests", "unpriced"].map((name) => row[columns.indexOf(name)]);
  return unpriced !== undefined && Number(unpriced) > 0 && String(unpriced) === String(requests);
}

function table(panel, data) {
  const day = panel.kind === "timeseries" ? [{ column: data.columns[0], title: "Day", meaning: "plain" }] : [];
  const series = [...day, ...panel.series];
  const head = element("tr");
  for (const s of series) head.append(element("th", s.title, { scope: "col", class: `means-${s.meaning}` }));
  const rows = data.rows.map((row) => {
    const line = element("tr");
    for (const s of series) {
      const value = row[data.columns.indexOf(s.column)];
      if (s.column === "opex_api" && isUnpriced(row, data)) {
        line.append(element("td", "unpriced", { class: "open" }));
        continue;
      }
      const zero = /^0(\.0*)?$/.test(String(value)) ? "zero" : "";
      line.append(element("td", shown(panel, s, value), { title: String(value), class: zero }));
    }
    return line;
  });
  const node = element("table");
  const [thead, tbody] = [element("thead"), element("tbody")];
  thead.append(head);
  tbody.append(...rows);
  node.append(thead, tbody);
  const frame = element("div", "", { class: "frame", tabindex: "0", role: "region", "aria-label": panel.title });
  frame.append(node);
  return frame;
}
