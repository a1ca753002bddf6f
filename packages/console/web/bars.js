import { drawing, element } from "./element.js";
import { money } from "./money.js";

/**
 * Stacked bars, one a day. Heights are a picture, so they may be floats; the figures are in the titles, in the
 * line under the pointer and in the table.
 */
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [1200, 230, 70, 22, 8];

export function bars(panel, data) {
  const column = (name) => data.columns.indexOf(name);
  const days = data.rows.map((row) => ({
    day: String(row[0]).slice(0, 10),
    values: panel.series.map((s) => String(row[column(s.column)])),
  }));
  const most = Math.max(...days.map((d) => d.values.reduce((sum, v) => sum + Number(v), 0)), 1e-12);
  const svg = drawing("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", tabindex: 0 });
  svg.setAttribute("aria-label", `${panel.title}. Press t for the same figures as a table.`);
  svg.append(hatch());
  const line = element("p", " ", { class: "under-pointer", "aria-live": "polite" });
  const scale = {
    y: (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP),
    step: (WIDTH - LEFT) / days.length,
  };
  svg.append(...gridLines(most, scale));
  days.forEach((day, i) => svg.append(stack(panel, day, { ...scale, x: LEFT + i * scale.step })));
  svg.append(...dayLabels(days, scale.step));
  addCrosshair(svg, { panel, days, line, step: scale.step });
  return [svg, line, legend(panel)];
}

function hatch() {
  const pattern = drawing("pattern", {
    id: "hatch",
    width: 6,
    height: 6,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  pattern.append(drawing("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch" }));
  const defs = drawing("defs");
  defs.append(pattern);
  return defs;
}

/** Four lines with their amounts; the highest is the highest bar. */
const gridLines = (most, { y }) =>
  [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    drawing("line", { x1: LEFT, x2: WIDTH, y1: y(most * part), y2: y(most * part), class: "grid" }),
    drawing("text", { x: LEFT - 8, y: y(most * part) + 4, class: "axis amount" }, money((most * part).toFixed(6))),
  ]);

function dayLabels(days, step) {
  const every = Math.ceil(90 / step);
  return days
    .map(({ day }, i) =>
      drawing("text", { x: LEFT + (i + 0.5) * step, y: HEIGHT - 6, class: "axis day" }, day.slice(5)),
    )
    .filter((_, i) => i % every === 0);
}

function stack(panel, { day, values }, { x, y, step }) {
  const group = drawing("g");
  let below = 0;
  values.forEach((value, s) => {
    const { meaning, title } = panel.series[s];
    const [low, high] = [below, below + Number(value)];
    below = high;
    if (high <= low) return;
    const box = { x: x + step * 0.1, width: step * 0.8, y: y(high), height: y(low) - y(high) };
    const bar = drawing("rect", { ...box, class: `means-${meaning}` });
    bar.append(drawing("title", {}, `${day} ${title} $${value}`));
    group.append(bar);
    if (meaning === "gpu_unknown" || meaning === "idle") group.append(drawing("rect", { ...box, class: "hatched" }));
  });
  return group;
}

/** A line at the day under the pointer, and its exact figures; the arrow keys move it too. */
function addCrosshair(svg, { panel, days, line, step }) {
  const cross = drawing("line", { y1: TOP, y2: HEIGHT - BOTTOM, class: "cross", visibility: "hidden" });
  svg.append(cross);
  let at = days.length - 1;
  const show = (index) => {
    at = Math.min(Math.max(index, 0), days.length - 1);
    const x = LEFT + (at + 0.5) * step;
    for (const name of ["x1", "x2"]) cross.setAttribute(name, x);
    cross.setAttribute("visibility", "visible");
    const figures = panel.series.map((s, i) => `${s.title} $${days[at].values[i]}`).join(" · ");
    line.textContent = `${days[at].day}${at === days.length - 1 ? " (last, may be unfinished)" : ""}: ${figures}`;
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    show(Math.floor((((event.clientX - box.left) / box.width) * WIDTH - LEFT) / step));
  });
  svg.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    show(at + (event.key === "ArrowLeft" ? -1 : 1));
  });
}

function legend(panel) {
  const node = element("div", "", { class: "legend" });
  for (const s of panel.series) {
    const entry = element("span");
    entry.append(element("i", "", { class: `means-${s.meaning}` }), s.title);
    node.append(entry);
  }
  return node;
}
