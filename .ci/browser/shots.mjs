// The README's pictures: node shots.mjs SITE FOLDER, as .ci/browser.sh --pictures calls it.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [site, folder] = process.argv.slice(2).map((path) => resolve(path));
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"],
});

async function picture(name, file, height, prepare = async () => {}) {
  const page = await browser.newPage({ viewport: { width: 1100, height }, colorScheme: "light" });
  await page.goto(pathToFileURL(join(site, file)).href);
  await prepare(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}

await picture("report", "report.html", 720);
await picture("article", "report.html", 620, async (page) => {
  const article = page.locator("details.article", { hasText: "sco-2025.zh-Hant" }).first();
  await article.evaluate((a) => { a.open = true; a.querySelector("details.checklist").open = false; });
  const output = article.locator("article.output", { hasText: "draft@v1" }).nth(1);
  await output.evaluate((o) => { o.scrollIntoView(); scrollBy(0, -110); });
});
await picture("compare", "compare.html", 620, async (page) => {
  await page.locator("details.article").first().evaluate((a) => a.scrollIntoView());
});
await browser.close();
