(() => {
  "use strict";
  const root = document.documentElement;
  const all = (what, within = document) => Array.from(within.querySelectorAll(what));
  const words = JSON.parse(document.body.dataset.words);
  const articles = all("details.article");
  const form = document.getElementById("filter");

  // The address keeps the state: #ANCHOR;q=TEXT;kind=KIND;theme=THEME
  const state = new Map();
  const read = () => {
    const [anchor, ...rest] = location.hash.slice(1).split(";");
    state.clear();
    state.set("anchor", anchor);
    for (const part of rest) {
      const at = part.indexOf("=");
      if (at > 0) try { state.set(part.slice(0, at), decodeURIComponent(part.slice(at + 1))); } catch { /* not ours */ }
    }
  };
  const write = () => {
    let hash = state.get("anchor") || "";
    for (const name of ["q", "kind", "theme"]) {
      if (state.get(name)) hash += ";" + name + "=" + encodeURIComponent(state.get(name));
    }
    history.replaceState(null, "", "#" + hash);
  };
  const apply = (move) => {
    if (state.get("theme")) root.dataset.theme = state.get("theme");
    if (form) {
      form.elements.q.value = state.get("q") || "";
      form.elements.kind.value = state.get("kind") || "";
      filter();
    }
    const target = document.getElementById(state.get("anchor") || "");
    if (target && move) {
      if (target.matches("details")) target.open = true;
      target.scrollIntoView();
    }
  };

  // Theme.
  const theme = document.getElementById("theme");
  const turn = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    state.set("theme", dark ? "light" : "dark");
    root.dataset.theme = state.get("theme");
    write();
  };
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", turn);
  }

  // Search and filter.
  const rows = new Map();
  for (const row of all("table.index tbody tr")) {
    const link = row.querySelector("a");
    if (link) rows.set(link.hash.slice(1), row);
  }
  const filter = () => {
    const text = (state.get("q") || "").toLowerCase();
    const kind = state.get("kind") || "";
    let found = 0;
    for (const article of articles) {
      const fits = (!text || article.dataset.find.includes(text) || article.textContent.toLowerCase().includes(text))
        && (!kind || article.dataset.kinds.split(" ").includes(kind));
      article.hidden = !fits;
      const row = rows.get(article.id);
      if (row) row.hidden = !fits;
      if (fits) found += 1;
    }
    if (articles.length) {
      form.elements.found.textContent = found ? words.matches.replace("{n}", found) : words.none_match;
    }
  };
  if (form) {
    form.hidden = false;
    let timer = 0;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        state.set("q", form.elements.q.value);
        state.set("kind", form.elements.kind.value);
        write();
        filter();
      }, 120);
    });
  }

  // Sorting: each heading becomes a button.
  const value = (row, at) => {
    const cell = row.cells[at];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("number") ? null : cell.textContent.trim();
  };
  for (const table of all("table.sortable")) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const sorted = Array.from(body.rows).map((row) => [value(row, at), row]);
        sorted.sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null);
          const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
          return down ? -order : order;
        });
        body.append(...sorted.map(([, row]) => row));
      });
    });
  }

  // What belongs together lights up together.
  const light = (from, on) => {
    const article = from.closest("details.article");
    if (!article) return;
    const keys = from.dataset.k.split(" ");
    for (const other of all("[data-k]", article)) {
      if (other.dataset.k.split(" ").some((key) => keys.includes(key))) other.classList.toggle("lit", on);
    }
  };
  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(enter, (event) => {
      const from = event.target.closest && event.target.closest("[data-k]");
      if (from) light(from, true);
    });
    document.addEventListener(leave, (event) => {
      const from = event.target.closest && event.target.closest("[data-k]");
      if (from) light(from, false);
    });
  }

  // Keys: j and k step through articles, o opens, / searches, t turns the theme.
  let here = -1;
  const step = (by) => {
    const shown = articles.filter((article) => !article.hidden);
    if (!shown.length) return;
    here = Math.max(0, Math.min(shown.length - 1, here + by));
    const article = shown[here];
    article.open = true;
    article.querySelector("summary").focus({ preventScroll: true });
    article.scrollIntoView();
    state.set("anchor", article.id);
    write();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "t") turn();
    else if (event.key === "/" && form) { event.preventDefault(); form.elements.q.focus(); }
    else return;
  });
  for (const article of articles) {
    article.addEventListener("toggle", () => {
      if (!article.open) return;
      here = articles.filter((other) => !other.hidden).indexOf(article);
      state.set("anchor", article.id);
      write();
    });
  }

  addEventListener("hashchange", () => { read(); apply(true); });
  addEventListener("beforeprint", () => articles.forEach((article) => { if (!article.hidden) article.open = true; }));
  read();
  apply(true);
})();
