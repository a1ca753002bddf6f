import { element } from "./element.js";
import { listenToKeys } from "./keys.js";
import { count } from "./money.js";
import { drawPanel } from "./panels.js";
import { queryOf, rangeOf, textOf } from "./range.js";
import { choose, chosen, onReturn } from "./view-state.js";

/** The page: one board, its figures replaced in place every five seconds without moving anything. */
const EVERY_MS = 5000;
const $ = (id) => document.getElementById(id);
let zone = "UTC";
const range = () => rangeOf({ preset: chosen().range, back: Number(chosen().back), zone }, Date.now());

async function get(path) {
  const response = await fetch(path, { headers: { "x-inferledger-tenant": chosen().tenant } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? `${response.status}`);
  return body;
}

const sections = new Map();
function sectionOf(panel) {
  let section = sections.get(panel.id);
  if (!section) {
    const size = `--columns: ${panel.width}; min-height: ${panel.height * 20}px`;
    section = element("section", "", { id: `panel-${panel.id}`, style: size, "aria-busy": "true" });
    section.append(element("h2", panel.title), element("p", "Loading …", { class: "state" }));
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
    drawPanel(section, panel, data, chosen().view === "tables");
    section.querySelector("details").open = open;
    section.dataset.since = new Date().toLocaleTimeString();
    section.setAttribute("aria-busy", "false");
  } catch (error) {
    section.querySelector(".fault")?.remove();
    const since = section.dataset.since ? `These figures are from ${section.dataset.since}. ` : "";
    section.append(
      element("p", `${since}Asked in vain: ${error.message}. It is asked again in a few seconds.`, { class: "fault" }),
    );
  }
}

/** What the page says of everything that came in: honest about what is unpriced, rejected or not yet stored. */
function tellBalance(balance) {
  if (balance.accepted === 0) {
    $("balance").textContent =
      `No events in this range. Send OTLP to http://${location.hostname}:4318 (OTEL_EXPORTER_OTLP_ENDPOINT); this page notices when they arrive.`;
    return;
  }
  const parts = ["accepted", "priced", "unpriced", "rejected", "duplicate", "pending"].map((name) => {
    const part = element("span", `${name} ${count(balance[name])}`);
    if (balance[name] > 0 && ["unpriced", "rejected", "pending"].includes(name)) part.className = "open";
    return part;
  });
  $("balance").replaceChildren("Arrived: ", ...parts.flatMap((part, i) => (i === 0 ? [part] : [" · ", part])));
}

let board;
async function refresh() {
  try {
    const boards = await get("/api/v1/boards");
    board ??= boards.boards[0];
    if (boards.zone !== zone) {
      zone = boards.zone;
      showChoice();
    }
    const query = queryOf(range());
    document.title = `${board.title} · inferledger`;
    tellBalance(await get(`/api/v1/balance?${query}`));
    await Promise.all(board.panels.map((panel) => showPanel(board, panel, query)));
  } catch (error) {
    $("balance").textContent = `The api does not answer: ${error.message}. Trying again.`;
  }
}

function showChoice() {
  const { tenant, range: preset, view, theme, back } = chosen();
  $("tenant").value = tenant;
  $("range").value = preset;
  $("days").textContent = textOf(range());
  $("later").disabled = back === "0";
  $("view").setAttribute("aria-pressed", String(view === "tables"));
  if (theme === "") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

const change = (changes) => {
  choose(changes);
  showChoice();
  return refresh();
};
const move = (by) => change({ back: String(Math.max(0, Number(chosen().back) + by)) });
const turnView = () => change({ view: chosen().view === "tables" ? "pictures" : "tables" });
const isDark = () =>
  (chosen().theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

$("tenant").addEventListener("change", () => change({ tenant: $("tenant").value || "default" }));
$("range").addEventListener("change", () => change({ range: $("range").value, back: "0" }));
$("earlier").addEventListener("click", () => move(1));
$("later").addEventListener("click", () => move(-1));
$("view").addEventListener("click", turnView);
$("refresh").addEventListener("click", refresh);
$("theme").addEventListener("click", () => change({ theme: isDark() ? "light" : "dark" }));
$("help").addEventListener("click", () => $("keys").showModal());
listenToKeys({
  r: refresh,
  "[": () => move(1),
  "]": () => move(-1),
  t: turnView,
  "/": () => $("tenant").focus(),
  "?": () => $("keys").showModal(),
});
onReturn(() => {
  showChoice();
  void refresh();
});
showChoice();
await refresh();
setInterval(refresh, EVERY_MS);
