// The agreement and what was promised: the text with its counts, readings, what was laid over it; duties and aid. As of a moment, in three languages.
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
