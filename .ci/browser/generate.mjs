// Writes suites to run reports on: node generate.mjs hostile|many|copies FOLDER [ARTICLES]
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [kind, folder, articles = "100"] = process.argv.slice(2);
mkdirSync(join(folder, "outputs"), { recursive: true });
const lines = (name, rows) => writeFileSync(join(folder, name), rows.map((row) => JSON.stringify(row) + "\n").join(""));

function hostile() {
  const evil = "</script><script>hacked=1;alert(1)</script><img src=x onerror=alert(2)>\" onmouseover=\"alert(3)\" ]]> "
    + "<!-- \u202egnp.exe\u202c \u0000\u001b[31m =cmd()|'/c calc'!A0 | a | b |\n# h\n@team https://x.example ";
  const ids = ["=cmd()", "a<b>\"x'", "\u202eid\u202c", "]]>", "x".repeat(300), "行一", "nul\u0000id"];
  const source = `${evil} Tolls rise to $3 on 5 May. 收費將於五月五日調至3元。 ${evil}`;
  lines("articles.jsonl", [
    ...ids.map((id, at) => ({ id, source: `${source} ${at}`, title: evil, lang: "en" })),
    { id: "long-line", source: `Tolls rise to $3. ${"x".repeat(1_000_000)}`, lang: "en" },
    { id: "long-words", source: `Tolls rise to $3. ${"word ".repeat(200_000)}`, lang: "en" },
  ]);
  const all = [...ids, "long-line", "long-words"];
  lines("references.jsonl", all.map((id) => ({ id, summary: `Tolls rise to $3. ${evil}`, annotator: evil })));
  lines("facts.jsonl", all.flatMap((article) => [
    { article, id: `=toll${evil}`, kind: "quantity", claim: `Tolls rise to $3 ${evil}`, group: evil, must: true },
    { article, id: "date", kind: "date", claim: "Tolls rise on 5 May", group: "<i>g</i>" },
  ]));
  for (const [system, toll] of [["e<vil>", "$3"], ["e<vil>2", "$5"]]) {
    lines(`outputs/${system.length}.jsonl`, all.map((id) => ({
      id, system, summary: id === "long-line" ? "y".repeat(1_000_000) : `${evil} Tolls rise to ${toll}, said 7 <b>people</b>. ${evil}`,
    })));
  }
  writeFileSync(join(folder, "epitome.toml"), `version = 1
[suite]
name = "host<ile>"
[[dataset]]
name = "d<1>"
articles = "articles.jsonl"
references = "references.jsonl"
facts = "facts.jsonl"
[[system]]
name = "e<vil>"
backend = "replay"
outputs = "outputs/6.jsonl"
[[system]]
name = "e<vil>2"
backend = "replay"
outputs = "outputs/7.jsonl"
[metrics]
use = ["facts", "grounding", "rouge1", "length"]
[[gate]]
metric = "facts.recall"
min = 0.99
`);
}

/** Articles of a plain kind with a fact or two each, for what size costs. */
function many() {
  const rows = [], facts = [];
  const sentence = (n, at) => `The town of number ${n} will spend $${(n * 7 + at) % 900 + 100} million on line ${at} by 20${30 + (at % 20)}, officials said on Monday.`;
  for (let n = 0; n < Number(articles); n += 1) {
    const id = `article-${String(n).padStart(5, "0")}`;
    rows.push({ id, lang: "en", title: `Town ${n} builds`, source: Array.from({ length: 20 }, (_, at) => sentence(n, at)).join(" ") });
    for (const at of [0, 3, 9]) facts.push({ article: id, id: `line-${at}`, kind: "quantity", claim: sentence(n, at).replace(", officials said on Monday", ""), group: `line ${at}`, must: at === 0 });
  }
  lines("articles.jsonl", rows);
  lines("facts.jsonl", facts);
  lines("references.jsonl", rows.map(({ id, source }) => ({ id, summary: source.split(". ").slice(0, 3).join(". ") + "." })));
  const systems = [1, 2, 3, 4, 5].map((n) => `[[system]]\nname = "lead${n}"\nbackend = "lead"\nsentences = ${n}\n`).join("");
  writeFileSync(join(folder, "epitome.toml"), `version = 1
[suite]
name = "many"
[[dataset]]
name = "towns"
articles = "articles.jsonl"
references = "references.jsonl"
facts = "facts.jsonl"
${systems}[metrics]
use = ["facts", "grounding", "rouge1", "length"]
`);
}

/** Copies of the bundled articles under new ids, with their outputs, references and checklists: texts as they are met. */
function copies() {
  const names = { datasets: ".md", references: ".toml" };
  for (const dataset of ["summit", "invented"]) {
    const ids = readdirSync(join("datasets", dataset)).filter((name) => name.endsWith(".md")).map((name) => name.slice(0, -3));
    const times = Math.ceil(Number(articles) / 15);
    for (const [from, end] of Object.entries(names)) {
      mkdirSync(join(folder, from, dataset, "outputs"), { recursive: true });
      for (const id of ids) {
        const text = readFileSync(join(from, dataset, id + end));
        for (let n = 0; n < times; n += 1) writeFileSync(join(folder, from, dataset, `${id}-${n}${end}`), text);
      }
    }
    for (const system of ["draft@v1", "draft@v2"]) {
      const rows = readFileSync(join("references", dataset, "outputs", `${system}.jsonl`), "utf8").trim().split("\n").map((line) => JSON.parse(line));
      const all = rows.flatMap((row) => Array.from({ length: times }, (_, n) => ({ ...row, id: `${row.id}-${n}` })));
      lines(join("references", dataset, "outputs", `${system}.jsonl`), all);
    }
  }
  const suite = readFileSync("epitome.toml", "utf8");
  // Five systems: without the random and the oracle one.
  const parts = suite.split(/(?=^\[\[?)/m).filter((part) => !/^\[\[(gate|system)\]\][^]*(backend = "(random|oracle)"|metric = )/.test(part));
  writeFileSync(join(folder, "epitome.toml"), parts.join(""));
}

({ hostile, many, copies })[kind]();
