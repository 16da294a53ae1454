// Cases: opened, noticed, answered, decided separately, read by a party, printed; each by the person whose turn it is, in three languages, with words that
// would act if they were taken for a page.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { act, stance } from "./acting.ts";
import { type Lang, Room } from "./room.ts";

let room: Room;
const HOSTILE = `<img src=x onerror="globalThis.owned=1"> قصف <b>غامق</b> обстрел <script>globalThis.owned=2</script>`;
const DABBIT = "i-sohr-ad-sohr-1";

test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

async function serious(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  const all = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  return all.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}

test("a case goes from an allegation to separate determinations, each by whose turn it is", async ({ browser }) => {
  test.setTimeout(300_000);
  const as = async (person: string, screen: string, lang: Lang = "en") => {
    const page = await (await browser.newContext()).newPage();
    await room.open(page, person, screen, lang);
    return page;
  };
  const legal = await as("legal", `cases/open?incident=${DABBIT}`);
  await expect(legal.locator('select[name="procedure"] option').first()).toBeAttached();
  await legal.locator('select[name="procedure"]').selectOption("arbitration");
  await legal.locator('select[name="clause"]').selectOption("opposition-fire");
  await legal.locator('select[name="complainant"]').selectOption("party:government-side");
  await legal.locator('input[name="respondent"][value="ahrar-al-sham"]').check();
  await legal.locator('textarea[name="words"]').fill(HOSTILE);
  await legal.locator('button[type="submit"]').click();
  await expect(legal.locator("article.case h1 .id")).toHaveText(/^c\d+$/);
  const id = await legal.locator("article.case h1 .id").innerText();
  await expect(legal.locator("blockquote.said")).toHaveText(HOSTILE);
  expect(await legal.evaluate(() => (globalThis as { owned?: number }).owned)).toBeUndefined();
  await expect(legal.locator(".overdue", { hasText: "This waits for you" })).toBeVisible();
  expect(await act(legal, "Notice to whoever", "Notice to whoever answers for the accused.")).toMatch(/Taken, entry \d+/);
  expect(await serious(legal)).toEqual([]);

  // The first screen of cases says who must act.
  const watch = await as("watch", "cases");
  const column = watch.locator(".board > section", { has: watch.locator(".case-card", { hasText: id }) });
  await expect(column.locator("h2")).toContainText("United States");
  expect(await watch.locator("main").innerText()).not.toMatch(/\b(cases|incidents)\.[a-z-]+\b/);
  expect(await serious(watch)).toEqual([]);

  const washington = await as("washington", `cases/${id}`);
  expect(await act(washington, "Every accused party", "What do you say to it?")).toMatch(/Taken/);
  const hnc = await as("hnc", `cases/${id}`, "ar");
  await expect(hnc.locator(".said", { hasText: "onerror" }).first()).toBeVisible();
  expect(await act(hnc, "تأكيد استلام السؤال", "وصلنا السؤال.")).toContain("قُبل");
  expect(await act(hnc, "رد المتهمين", HOSTILE)).toContain("قُبل");
  expect(await serious(hnc)).toEqual([]);
  expect(await act(legal, "Report on nature", "Rockets on a hospital; grave.")).toMatch(/Taken/);

  expect(await act(washington, "The circumstances", "Not established.", stance("unclear"))).toMatch(/Taken/);
  const moscow = await as("moscow", `cases/${id}`, "ru");
  expect(await act(moscow, "Обстоятельства", "Это сделала «Ахрар аш-Шам».", stance("yes"))).toContain("Принято");
  await expect(legal.locator("#determined")).toBeVisible();
  await expect(legal.locator('[aria-labelledby="determined"] .sheet b', { hasText: "separately" })).toHaveCount(2);
  await expect(legal.locator("#course")).toBeVisible();

  const dossier = await legal.request.get(`${room.address}/api/cases/${id}/dossier/page?lang=ar`);
  expect(dossier.status()).toBe(200);
  const text = await dossier.text();
  expect(text).toContain('dir="rtl"');
  const printed = await legal.request.get(`${room.address}/api/cases/${id}/dossier/page?lang=ar&form=pdf`);
  expect(printed.headers()["content-type"]).toBe("application/pdf");
  expect((await printed.body()).subarray(0, 5).toString()).toBe("%PDF-");
  expect(text).not.toContain("<img src=x");
  for (const [person, lang, title] of [
    ["legal", "ar", "القضايا"],
    ["legal", "ru", "Дела"],
    ["hnc", "en", "Cases"],
  ] as [string, Lang, string][]) {
    const page = await as(person, "cases", lang);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    await page.locator(".case-card a").first().click();
    await expect(page.locator("main .stands")).toBeVisible();
    expect(await page.locator("main").innerText()).not.toMatch(/\b(cases|incidents)\.[a-z-]+\b|undefined|NaN/);
    expect(await serious(page)).toEqual([]);
    await page.context().close();
  }
});

test("a liaison sees what its party may, and another's case is not there", async ({ page }) => {
  await room.open(page, "hnc", "cases");
  await expect(page.locator("main h1")).toBeVisible();
  await page.goto(`${room.address}/#/cases/c999999`);
  await expect(page.getByRole("alert")).toBeVisible();
  expect(await serious(page)).toEqual([]);
});

test("what a person may not do is not offered, and what the server refuses is told in its words", async ({ page }) => {
  await room.open(page, "operator", "cases");
  await expect(page.locator("main h1")).toBeVisible();
  await room.open(page, "legal", "cases/open");
  await expect(page.locator('select[name="procedure"] option').first()).toBeAttached();
  await page.locator('textarea[name="words"]').fill("Nobody saw it.");
  await page.locator('select[name="complainant"]').selectOption("party:government-side");
  await page.locator('input[name="incidents"]').fill("");
  await page.locator('button[type="submit"]').click();
  await expect(page.getByRole("alert").or(page.locator("#clocks"))).toBeVisible();
});
