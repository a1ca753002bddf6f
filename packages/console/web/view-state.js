/** What is chosen lives in the address: back, reload and a link sent to someone give the same view. */
const DEFAULTS = { tenant: "default", range: "30d", back: "0", view: "pictures", theme: "" };

const read = () => {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, given.get(key) ?? DEFAULTS[key]]));
};

let state = read();

export const chosen = () => state;

/** Changes what is chosen; a step that a person takes is one that Back undoes. */
export function choose(changes) {
  state = { ...state, ...changes };
  const query = new URLSearchParams(Object.entries(state).filter(([key, value]) => value !== DEFAULTS[key]));
  const address = query.size === 0 ? location.pathname : `?${query}`;
  history.pushState(null, "", address);
}

export function onReturn(listener) {
  addEventListener("popstate", () => {
    state = read();
    listener();
  });
}
