// The list of a report: sorting, filtering, choosing columns, reasons of unknown values, the theme.
// The state of the list is kept in the address after "#view?", so that a link or the Back button brings it back.
"use strict";
(() => {
  const VIEW = "#view?";
  // More rows than these are laid out only when they are asked for: a sort of thousands would be felt.
  const MOST = 500;
  const byId = (id) => document.getElementById(id);

  // The theme: what the system asks for until the button says otherwise.
  const theme = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.hidden = false;
  showTheme();
  system.addEventListener("change", showTheme);
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });

  const table = byId("names-table");
  if (!table) return;

  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const keys = heads.map((head) => head.dataset.key);
  const numeric = heads.map((head) => head.classList.contains("number"));
  const place = (key) => keys.indexOf(key);
  // Read once: asking the document again for every comparison would be slow.
  const rows = [...body.rows].map((row, order) => {
    const cells = [...row.cells];
    const values = cells.map((cell, k) => {
      const value = cell.dataset.v;
      if (numeric[k]) return value === undefined ? null : Number(value);
      return cell.querySelector(".unknown") ? null : (value ?? cell.textContent).toLowerCase();
    });
    const sector = cells[place("sector")].querySelector(".unknown") ? "" : cells[place("sector")].textContent;
    const text = `${cells[place("ticker")].textContent} ${cells[place("name")].textContent}`.toLowerCase();
    return { row, cells, values, sector, text, order, matches: true };
  });

  const find = byId("find");
  const sector = byId("sector");
  const boxes = [...byId("columns").querySelectorAll("input")];
  const limits = [...byId("limits").querySelectorAll("input")];
  const start = boxes.map((box) => box.defaultChecked);
  const sorting = { key: "", down: false };
  const all = byId("all");
  const said = (count) => count.toLocaleString("en");

  function arrange() {
    const matching = rows.filter((one) => one.matches);
    const some = all.pressed ? matching : matching.slice(0, MOST);
    body.replaceChildren(...some.map((one) => one.row));
    all.hidden = matching.length <= MOST;
    all.textContent = all.pressed ? `Show the first ${MOST}` : `Show all ${said(matching.length)}`;
    const part = some.length < matching.length ? `; the first ${said(some.length)} are shown` : "";
    byId("count").textContent = `${said(matching.length)} of ${said(rows.length)} names${part}`;
  }

  function sort(key, down) {
    const k = place(key);
    Object.assign(sorting, { key: k < 0 ? "" : key, down });
    const sign = down ? -1 : 1;
    const compare = numeric[k] ? (a, b) => a - b : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    rows.sort((one, other) => {
      if (k < 0) return one.order - other.order;
      const a = one.values[k];
      const b = other.values[k];
      // What is unknown comes last either way.
      if (a === null || b === null) return (a === null) - (b === null) || one.order - other.order;
      return sign * compare(a, b) || one.order - other.order;
    });
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[k]?.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const bounds = limits
      .filter((input) => input.value !== "")
      .map((input) => ({
        k: place(input.dataset.key),
        // A bound as typed, without the error of the scale: 8 % is 0.08.
        scale: Number(input.dataset.scale),
        least: input.dataset.end === "least",
        bound: Number(input.value),
      }));
    for (const one of rows) {
      const within = bounds.every(({ k, scale, least, bound }) => {
        const value = one.values[k];
        if (value === null) return false;
        const typed = Number((value * scale).toPrecision(12));
        return least ? typed >= bound : typed <= bound;
      });
      one.matches = within && words.every((word) => one.text.includes(word)) && (!sector.value || one.sector === sector.value);
    }
  }

  function choose() {
    for (const box of boxes) {
      const k = place(box.value);
      heads[k].hidden = !box.checked;
      for (const one of rows) one.cells[k].hidden = !box.checked;
    }
  }

  // The address: only what differs from the start is said.
  function remember() {
    const view = new URLSearchParams();
    if (boxes.some((box, k) => box.checked !== start[k])) {
      view.set("columns", boxes.filter((box) => box.checked).map((box) => box.value).join(","));
    }
    if (sorting.key) view.set("sort", `${sorting.key}${sorting.down ? ":down" : ""}`);
    if (find.value) view.set("find", find.value);
    if (sector.value) view.set("sector", sector.value);
    for (const input of limits) if (input.value !== "") view.set(`${input.dataset.key}.${input.dataset.end}`, input.value);
    const text = view.toString();
    if (text || location.hash.startsWith(VIEW)) history.replaceState(null, "", text ? VIEW + text : "#list");
  }

  function recall() {
    if (!location.hash.startsWith(VIEW)) return;
    const view = new URLSearchParams(location.hash.slice(VIEW.length));
    const columns = view.get("columns")?.split(",");
    boxes.forEach((box, k) => { box.checked = columns ? columns.includes(box.value) : start[k]; });
    find.value = view.get("find") ?? "";
    sector.value = view.get("sector") ?? "";
    if (sector.selectedIndex < 0) sector.selectedIndex = 0;
    for (const input of limits) input.value = view.get(`${input.dataset.key}.${input.dataset.end}`) ?? "";
    const [key, way] = (view.get("sort") ?? "").split(":");
    sort(key, way === "down");
    choose();
    filter();
    arrange();
  }

  heads.forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const key = head.dataset.key;
      // Numbers are wanted from the top, ranks and texts from the first.
      const first = head.classList.contains("number") && key !== "rank";
      sort(key, sorting.key === key ? !sorting.down : first);
      arrange();
      remember();
    });
  });
  const refilter = () => { filter(); arrange(); remember(); };
  for (const input of [find, ...limits]) input.addEventListener("input", refilter);
  sector.addEventListener("change", refilter);
  for (const box of boxes) box.addEventListener("change", () => { choose(); remember(); });
  all.addEventListener("click", () => { all.pressed = !all.pressed; arrange(); });
  byId("reset").addEventListener("click", () => {
    find.value = "";
    sector.selectedIndex = 0;
    for (const input of limits) input.value = "";
    boxes.forEach((box, k) => { box.checked = start[k]; });
    sort("", false);
    choose();
    refilter();
    find.focus();
  });
  // Paper has all of them.
  addEventListener("beforeprint", () => body.replaceChildren(...rows.filter((one) => one.matches).map((one) => one.row)));
  addEventListener("afterprint", arrange);
  addEventListener("hashchange", recall);

  // Why a value is unknown: said below, when the keyboard or a finger is on it.
  const why = byId("why");
  document.addEventListener("focusin", (event) => {
    const said = event.target.dataset?.why;
    why.hidden = !said;
    why.textContent = said ? `Unknown: ${said}` : "";
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") why.hidden = true; });

  byId("controls").hidden = false;
  arrange();
  recall();
})();
