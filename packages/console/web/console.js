import { count } from "./money.js";
import { drawPanel, element } from "./panels.js";

/** The page: what is chosen lives in the URL; figures are replaced in place every five seconds. */
const $ = (id) => document.getElementById(id);
const state = new URLSearchParams(location.search);
let asTable = state.get("view") === "table";
$("tenant").value = state.get("tenant") ?? "default";
$("range").value = state.get("hours") ?? "24";
if (state.get("theme")) document.documentElement.dataset.theme = state.get("theme");

const remember = () => {
  state.set("tenant", $("tenant").value || "default");
  state.set("hours", $("range").value);
  if (asTable) state.set("view", "table");
  else state.delete("view");
  history.replaceState(null, "", `?${state}`);
};

const get = async (path) => {
  const response = await fetch(path, { headers: { "x-inferledger-tenant": $("tenant").value || "default" } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? `${response.status}`);
  return body;
};

const range = () => {
  const to = Date.now() + 60_000;
  return `from=${new Date(to - Number($("range").value) * 3_600_000).toISOString()}&to=${new Date(to).toISOString()}`;
};

const sections = new Map();
function sectionOf(panel) {
  let section = sections.get(panel.id);
  if (!section) {
    section = element("section", "Loading …", {
      id: `panel-${panel.id}`,
      style: `grid-column: span ${panel.width}; min-height: ${panel.height * 20}px`,
    });
    sections.set(panel.id, section);
    $("board").append(section);
  }
  return section;
}

async function showPanel(board, panel, query) {
  const section = sectionOf(panel);
  try {
    const data = await get(`/api/v1/boards/${board.id}/panels/${panel.id}?${query}`);
    const open = section.querySelector("details")?.open ?? false;
    drawPanel(section, panel, data, asTable);
    section.querySelector("details").open = open;
  } catch (error) {
    section.append(
      element(
        "p",
        `No figures since ${new Date().toLocaleTimeString()}: ${error.message}. It is asked again in a few seconds.`,
        { class: "state" },
      ),
    );
  }
}

async function refresh() {
  remember();
  const query = range();
  try {
    const [{ boards }, balance] = await Promise.all([get("/api/v1/boards"), get(`/api/v1/balance?${query}`)]);
    const [board] = boards;
    document.title = `${board.title} · inferledger`;
    $("balance").textContent =
      balance.accepted === 0
        ? `No events yet. Send OTLP to http://${location.hostname}:4318 (OTEL_EXPORTER_OTLP_ENDPOINT); this page notices when they arrive.`
        : ["accepted", "priced", "unpriced", "rejected", "duplicate", "pending"]
            .map((k) => `${k} ${count(balance[k])}`)
            .join(" · ");
    await Promise.all(board.panels.map((panel) => showPanel(board, panel, query)));
  } catch (error) {
    $("balance").textContent = `The api does not answer: ${error.message}. Trying again.`;
  }
}

const shift = (by) => {
  const select = $("range");
  select.selectedIndex = Math.min(Math.max(select.selectedIndex + by, 0), select.options.length - 1);
  refresh();
};

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
  const actions = {
    r: refresh,
    "[": () => shift(-1),
    "]": () => shift(1),
    "/": () => $("tenant").focus(),
    "?": () => $("keys").showModal(),
    t: () => {
      asTable = !asTable;
      refresh();
    },
  };
  if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
});
$("tenant").addEventListener("change", refresh);
$("range").addEventListener("change", refresh);
$("refresh").addEventListener("click", refresh);
$("theme").addEventListener("click", () => {
  const dark =
    document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
  state.set("theme", document.documentElement.dataset.theme);
  remember();
});
await refresh();
setInterval(refresh, 5000);
