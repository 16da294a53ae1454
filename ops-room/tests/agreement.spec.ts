// The agreement and what was promised: the text with its counts, readings, what was laid over it; duties and aid. As of a moment, in three languages.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

const CALL = "2016-05-04T00:00:00Z";
const LANGS = ["en", "ar", "ru"] as Lang[];
let room: Room;
test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

async function sound(page: Page, name: string): Promise<void> {
  const said = await page.locator("main").innerText();
  expect(said).not.toMatch(/\b(agreement|access|shell)\.[a-z]+-|undefined|NaN|Invalid Date/);
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  const folder = process.env["SHOTS"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

for (const lang of LANGS) {
  test(`the agreement is read in ${lang}`, async ({ page }) => {
    await room.open(page, "moscow", `agreement?as_of=${CALL}`, lang);
    await expect(page.locator(".clause").first()).toBeVisible();
    expect(await page.locator(".clause").count()).toBeGreaterThan(5);
    await expect(page.locator(".clause .numbers").first()).toBeVisible();
    await expect(page.locator("#readings-title")).toBeVisible();
    await expect(page.locator(".calms article").first()).toBeVisible();
    await sound(page, `agreement-${lang}`);
  });

  test(`what was promised and brought is read in ${lang}`, async ({ page }) => {
    await room.open(page, "aid", `access?as_of=${CALL}`, lang);
    await expect(page.locator("#duties-title")).toBeVisible();
    await expect(page.locator("#aid-title")).toBeVisible();
    await expect(page.locator(".passages article").first()).toBeVisible();
    await sound(page, `access-${lang}`);
  });
}

test("counts follow the moment, and one clause stands by itself", async ({ page }) => {
  await room.open(page, "moscow", "agreement?as_of=2016-02-20T00:00:00Z");
  const table = page.locator(".clause .numbers").first();
  await expect(page.locator(".clause").first()).toBeVisible();
  const early = await page.locator(".clause").allInnerTexts();
  await page.goto(`${room.address}/#/agreement?as_of=${CALL}`);
  await expect.poll(async () => page.locator(".clause").allInnerTexts()).not.toEqual(early);
  await expect(table).toBeVisible();
  const link = page.locator(".clause h3 a").first();
  const title = await link.innerText();
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".clause")).toHaveCount(1);
  await expect(page.locator(".clause h3")).toHaveText(title);
  await expect(page).toHaveURL(/as_of=2016-05-04/);
});

test("earlier texts stand with what each amendment changed, in three languages", async ({ browser }) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "truceline-mission-"));
  const from = join(import.meta.dirname, "../../agreements/syria-2016");
  for (const name of ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv"]) cpSync(join(from, name), join(folder, name));
  const said = readFileSync(join(from, "mission.kdl"), "utf8").split("\n");
  writeFileSync(join(folder, "mission.kdl"), [...said.filter((line) => !line.startsWith("reports")), readFileSync(join(from, "people.kdl"), "utf8")].join("\n"));
  const own = await Room.mission(folder);
  const text = readFileSync(join(folder, "agreement.md"), "utf8");
  writeFileSync(join(folder, "agreement.md"), text.replace("forbids fire with any-weapon", "forbids airstrike with any-weapon"));
  own.run("load", folder, "--store", own.store);
  rmSync(folder, { recursive: true, force: true });
  for (const [lang, changed] of [
    ["en", "changed"],
    ["ar", "تغيّر"],
    ["ru", "изменён"],
  ] as [Lang, string][]) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await own.open(page, "hnc", "agreement", lang);
    const texts = page.locator("#amendments details");
    await expect(texts).toHaveCount(2, { timeout: 30_000 });
    await expect(texts.first().locator(".change .badge").first()).toHaveText(changed);
    await expect(texts.first().locator("del").first()).toBeVisible();
    await expect(texts.first().locator("ins").first()).toBeVisible();
    await page.locator("#amendments").scrollIntoViewIfNeeded();
    await sound(page, `amendments-${lang}`);
    await context.close();
  }
  await own.end();
});
