// Cases: opened, noticed, answered, decided separately, read by a party, printed; each by the person whose turn it is, in three languages, with words that
// would act if they were taken for a page.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
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

/** Sends what waits for a person, with words; gives what the room answers. */
async function act(page: Page, word: string, words: string, fill: (form: ReturnType<Page["locator"]>) => Promise<void> = async () => {}): Promise<string> {
  const one = page.locator("details", { has: page.locator("summary", { hasText: word }) }).last();
  await one.locator("summary").click();
  const form = one.locator("form.act");
  await fill(form);
  if (await form.locator("textarea").count()) await form.locator("textarea").fill(words);
  await form.locator('button[type="submit"]').click();
  const told = page.locator('[aria-labelledby="offered"] > p').filter({ hasText: /\d/ });
  await expect(told).toBeVisible();
  return told.innerText();
}

test("a case goes from an allegation to separate determinations, each by whose turn it is", async ({ browser }) => {
  test.setTimeout(180_000);
  const as = async (person: string, screen: string) => {
    const page = await browser.newPage();
    await room.open(page, person, screen);
    return page;
  };
  const legal = await as("legal", `cases/open?incident=${DABBIT}`);
  await expect(legal.locator('select[name="procedure"] option').first()).toBeAttached();
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
  expect(await act(legal, "Take the step", "Notice to the other co-chair.")).toMatch(/Taken, entry \d+/);
  expect(await serious(legal)).toEqual([]);

  // Overdue or not, the first screen of cases says who must act.
  const watch = await as("watch", "cases");
  await expect(watch.locator(".case-card").filter({ hasText: id })).toBeVisible();
  expect(await serious(watch)).toEqual([]);

  const dossier = await legal.request.get(`${room.address}/api/cases/${id}/dossier/page?lang=ar`);
  expect(dossier.status()).toBe(200);
  const text = await dossier.text();
  expect(text).toContain('dir="rtl"');
  expect(text).not.toContain("<img src=x");
  await Promise.all([legal.close(), watch.close()]);
});

for (const [lang, title, none] of [
  ["en", "Cases", "cases."],
  ["ar", "القضايا", "cases."],
  ["ru", "Дела", "cases."],
] as [Lang, string, string][]) {
  test(`the board and a case in ${lang}`, async ({ page }) => {
    await room.open(page, "legal", "cases", lang);
    await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    await expect(page.locator(".case-card").first()).toBeVisible();
    await page.locator(".case-card a").first().click();
    await expect(page.locator("#clocks")).toBeVisible();
    expect(await page.locator("main").innerText()).not.toMatch(new RegExp(`\\b${none.replace(".", "\\.")}[a-z-]+\\b|undefined|NaN`));
    expect(await serious(page)).toEqual([]);
  });
}

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
