(() => {
  "use strict";
  const root = document.documentElement;
  const all = (what, within = document) => Array.from(within.querySelectorAll(what));
  const words = JSON.parse(document.body.dataset.words);
  const articles = all("details.article");
  const form = document.getElementById("filter");
  const sorters = [];
  const texts = new Map();

  // The address keeps the state: #ANCHOR;q=TEXT;kind=KIND;sort=TABLE.COLUMN.WAY;theme=THEME
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
    for (const name of ["q", "kind", "sort", "theme"]) {
      if (state.get(name)) hash += ";" + name + "=" + encodeURIComponent(state.get(name));
    }
    history.replaceState(null, "", "#" + hash);
  };
  const apply = (move) => {
    if (["light", "dark"].includes(state.get("theme"))) root.dataset.theme = state.get("theme");
    const [table, column, way] = (state.get("sort") || "").split(".");
    if (sorters[table] && sorters[table][column]) sorters[table][column](way === "d");
    if (form) {
      form.elements.q.value = state.get("q") || "";
      form.elements.kind.value = state.get("kind") || "";
      filter();
    }
    const target = document.getElementById(state.get("anchor") || "");
    if (target && move) {
      for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
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
      if (text && !texts.has(article)) texts.set(article, article.textContent.toLowerCase());
      const fits = (!text || texts.get(article).includes(text)) && (!kind || article.dataset.kinds.split(" ").includes(kind));
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

  // Sorting: each heading becomes a button. Texts that a style sheet shows as signs sort by their meaning.
  const value = (row, at) => {
    const cell = row.cells[at];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("number") ? null : cell.textContent.trim();
  };
  all("table.sortable").forEach((table, nth) => {
    const heads = Array.from(table.tHead.rows[0].cells);
    const first = Array.from(table.tBodies[0].rows);
    sorters[nth] = heads.map((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      const sort = (down) => {
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = first.map((row) => [value(row, at), row]);
        sorted.sort(([a], [b]) => {
          // What has no value stays last, whichever way.
          if (a === null || b === null) return (a === null) - (b === null);
          const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
          return down ? -order : order;
        });
        table.tBodies[0].append(...sorted.map(([, row]) => row));
      };
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        sort(down);
        state.set("sort", [nth, at, down ? "d" : "a"].join("."));
        write();
      });
      return sort;
    });
  });

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

  // A finding leads to the words that show it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-go]");
    const article = link && document.getElementById(link.hash.slice(1));
    if (!article) return;
    event.preventDefault();
    article.hidden = false;
    article.open = true;
    state.set("anchor", article.id);
    write();
    const here = all("[data-k]", article).filter((mark) => mark.dataset.k.split(" ").includes(link.dataset.go));
    const words = here.find((mark) => mark.matches(".outputs mark")) || here.find((mark) => mark.matches(".outputs [data-k]"));
    (words || article).scrollIntoView({ block: words ? "center" : "start" });
    here.forEach((mark) => mark.classList.add("lit"));
    setTimeout(() => here.forEach((mark) => mark.classList.remove("lit")), 4000);
    const to = words && words.matches("[tabindex]") ? words : article.querySelector("summary");
    to.focus({ preventScroll: true });
  });

  // Keys: j and k step through articles, o folds them all, / searches, t turns the theme.
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
    if (event.target.closest("input, select, textarea, dialog")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "o") articles.forEach((article) => { article.open = false; });
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
  // On a narrow screen an article opens with what was written, and its checklist folded.
  if (matchMedia("(max-width: 48rem)").matches) all("details.checklist").forEach((list) => { list.open = false; });

  // Disagreeing: rulings are kept on this device until they are handed out as a file for `facts judge --import`.
  const key = "epitome " + location.pathname;
  const columns = ["dataset", "article", "system", "sample", "fact", "quantity", "start", "verdict", "by", "why", "date"];
  const matter = (ruling) => columns.slice(0, 7).map((name) => ruling[name] || "").join("\u0000");
  const rulings = new Map();
  try { for (const ruling of JSON.parse(localStorage.getItem(key) || "[]")) rulings.set(matter(ruling), ruling); } catch { /* none are kept */ }
  const make = (tag, text, to) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (to) to.append(made);
    return made;
  };
  const subject = (element) => {
    const { dataset, article } = element.closest("details.article").dataset;
    const { system, sample } = element.closest("article.output").dataset;
    const { quantity, start } = element.dataset;
    const fact = element.dataset.fact !== undefined ? element.dataset.fact : element.matches("code") ? element.textContent : "";
    return { dataset, article, system, sample: sample || "0", fact, quantity: quantity || "", start: start || "" };
  };
  // What names a fact or figure: the line of one, or each id of a line of several. A name that markup cannot hold is
  // empty, and is not ruled on.
  const marks = all(".output .problems > li[data-k], .output .problems > li:not([data-k]) > code").filter((mark) => {
    const { dataset, article, system, fact, quantity } = subject(mark);
    return dataset && article && system && (fact || quantity);
  });
  const was = (mark) => mark.closest("li").classList[0];
  const shelf = make("div");
  shelf.id = "rulings";
  shelf.hidden = true;
  shelf.setAttribute("role", "region");
  shelf.setAttribute("aria-label", words.rulings);
  const count = make("span", "", shelf);
  count.setAttribute("aria-live", "polite");
  const hand = make("button", words.hand_out, shelf);
  const drop = make("button", words.drop, shelf);
  hand.type = drop.type = "button";
  document.body.append(shelf);
  const keep = () => {
    try { localStorage.setItem(key, JSON.stringify([...rulings.values()])); } catch { /* kept while the page is open */ }
    shelf.hidden = !rulings.size;
    count.textContent = words.ruled.replace("{n}", rulings.size);
    for (const mark of marks) mark.classList.toggle("ruled", rulings.has(matter(subject(mark))));
  };
  // A cell that a spreadsheet would compute begins with a mark that says it is text.
  const cell = (text) => {
    const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^['\t\r\n]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(safe) || safe !== safe.trim() ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  };
  hand.addEventListener("click", () => {
    const lines = [columns, ...[...rulings.values()].map((ruling) => columns.map((name) => ruling[name] || ""))];
    const text = "\ufeff" + lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = "rulings.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  drop.addEventListener("click", () => { rulings.clear(); keep(); });

  const dialog = make("dialog");
  const sheet = make("form", "", dialog);
  sheet.method = "dialog";
  const title = make("h2", words.disagree, sheet);
  title.id = "ruling-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const about = make("p", "", sheet);
  const field = (label, tag) => {
    const line = make("label", label + " ", sheet);
    return make(tag, "", line);
  };
  const choice = field(words.verdict, "select");
  const by = field(words.by, "input");
  const why = field(words.why, "input");
  by.required = why.required = true;
  const ends = make("p", "", sheet);
  const cancel = make("button", words.cancel, ends);
  const take = make("button", words.take, ends);
  cancel.type = "button";
  document.body.append(dialog);
  let asked = null;
  cancel.addEventListener("click", () => dialog.close());
  sheet.addEventListener("submit", () => {
    const ruling = { ...asked, verdict: choice.value, by: by.value.trim(), why: why.value.trim() };
    ruling.date = new Date().toISOString().slice(0, 10);
    rulings.set(matter(ruling), ruling);
    keep();
  });
  const ask = (mark) => {
    asked = subject(mark);
    const before = rulings.get(matter(asked));
    about.textContent = [asked.article, asked.system, asked.fact || asked.quantity].join(" · ");
    choice.replaceChildren();
    const verdicts = asked.fact ? ["covered", "missing", "contradicted"] : ["supported", "unsupported"];
    for (const verdict of verdicts.filter((name) => name !== was(mark))) {
      make("option", words[verdict], choice).value = verdict;
    }
    if (before) choice.value = before.verdict;
    why.value = before ? before.why : "";
    dialog.showModal();
  };
  for (const mark of marks) {
    const button = make("button", mark.matches("li") ? words.disagree : "");
    button.type = "button";
    button.className = "disagree";
    if (mark.matches("li")) {
      mark.append(" ", button);
    } else {
      button.append(...mark.childNodes);
      button.title = [mark.title, words.disagree].filter(Boolean).join("\n");
      mark.removeAttribute("title");
      mark.append(button);
    }
    button.addEventListener("click", () => ask(mark));
  }
  keep();

  addEventListener("hashchange", () => { read(); apply(true); });
  addEventListener("beforeprint", () => articles.forEach((article) => { if (!article.hidden) article.open = true; }));
  read();
  apply(true);
})();
