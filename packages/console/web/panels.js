import { count, money } from "./money.js";

/** Draws one panel of a board from its definition and its figures. Everything that comes from outside is set as text. */
const COLOURS = {
  opex_api: "#3274d9",
  opex_gpu: "#1aa398",
  idle: "#9aa0a6",
  gpu_unknown: "#c4c7cc",
  capex_amortized: "#e0a030",
  unpriced: "#8a6d3b",
  plain: "#5f6b7a",
};

export const element = (name, text = "", attributes = {}) => {
  const node = document.createElement(name);
  node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

const shown = (panel, series, value) => {
  if (value === "" || value === null || value === undefined) return "—";
  if (series.column === "requests" || panel.unit === "requests") return count(value);
  return series.meaning === "plain" && series.column !== "total" ? String(value) : money(String(value));
};

export function drawPanel(section, panel, data, asTable) {
  section.replaceChildren(element("h2", panel.title));
  if (data.rows.length === 0) section.append(element("p", "Nothing in this range.", { class: "state" }));
  else if (panel.kind === "stat") section.append(stat(panel, data));
  else if (panel.kind === "timeseries" && !asTable) section.append(...bars(panel, data));
  else section.append(table(panel, data));
  const made = element("details");
  made.append(element("summary", "How is this figure made?"), element("p", panel.explain), element("pre", panel.sql));
  section.append(made);
}

function stat(panel, data) {
  const [series] = panel.series;
  const value = data.rows[0][data.columns.indexOf(series.column)];
  return element("div", shown(panel, series, value), {
    class: "figure",
    title: String(value),
    style: `--meaning: ${COLOURS[series.meaning]}`,
    "data-panel": panel.id,
  });
}

function table(panel, data) {
  const node = element("table");
  const series =
    panel.kind === "timeseries"
      ? [{ column: data.columns[0], title: "Day", meaning: "plain" }, ...panel.series]
      : panel.series;
  const head = element("tr");
  for (const s of series) head.append(element("th", s.title, { scope: "col" }));
  node.append(head);
  for (const row of data.rows) {
    const line = element("tr");
    for (const s of series) {
      const value = row[data.columns.indexOf(s.column)];
      line.append(element("td", shown(panel, s, value), { title: String(value) }));
    }
    node.append(line);
  }
  return node;
}

/** Stacked bars, a bar a day. Heights are a picture, so they may be floats; the figures are in the title and the table. */
function bars(panel, data) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 1000 200");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${panel.title}; press t for the table`);
  const values = data.rows.map((row) => panel.series.map((s) => Number(row[data.columns.indexOf(s.column)])));
  const top = Math.max(...values.map((v) => v.reduce((a, b) => a + b, 0)), 1e-12);
  const width = 1000 / values.length;
  values.forEach((stack, i) => {
    let y = 200;
    stack.forEach((value, s) => {
      const height = (value / top) * 190;
      y -= height;
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, v] of Object.entries({
        x: i * width + width * 0.1,
        y,
        width: width * 0.8,
        height,
        fill: COLOURS[panel.series[s].meaning],
      }))
        bar.setAttribute(key, v);
      const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = `${data.rows[i][0]} ${panel.series[s].title} $${data.rows[i][data.columns.indexOf(panel.series[s].column)]}`;
      bar.append(title);
      svg.append(bar);
    });
  });
  const legend = element("div", "", { class: "legend" });
  for (const s of panel.series) {
    const entry = element("span");
    entry.append(element("i", "", { style: `background: ${COLOURS[s.meaning]}` }), s.title);
    legend.append(entry);
  }
  return [svg, legend];
}
