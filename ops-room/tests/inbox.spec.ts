// The inbox as people use it: a report typed in few keys and read back, a text read and confirmed by single keys, a report written where there is no
// network and sent once; and what is hostile stays words.
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

let room: Room;
test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

const SHOTS = process.env["SHOTS"];

async function calm(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze();
  const grave = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(grave.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)])).toEqual([]);
}

/** Reports that the record holds of somebody, by the server. */
async function own(page: Page): Promise<{ receipt: string; beginning: string }[]> {
  return page.evaluate(async () => {
    const answer = await fetch("/api/reports?limit=200");
    return ((await answer.json()) as { reports: { receipt: string; beginning: string }[] }).reports;
  });
}

/** The words of the form are there. */
async function ready(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => localStorage.getItem("inbox-form") !== null)).toBe(true);
}

/** Presses keys one by one, and counts them. */
class Keys {
  pressed = 0;
  constructor(readonly page: Page) {}
  async type(text: string): Promise<void> {
    for (const one of text) {
      await this.page.keyboard.type(one);
      this.pressed += 1;
    }
  }
  async press(...keys: string[]): Promise<void> {
    for (const one of keys) {
      await this.page.keyboard.press(one);
      this.pressed += 1;
    }
  }
}

const TYPED: { lang: Lang; words: string; act: string; place: string; says: RegExp }[] = [
  { lang: "en", words: "Two aircraft bombed the market in Aleppo, three dead", act: "airs", place: "alep", says: /airstrike[\s\S]*Aleppo/ },
  { lang: "ar", words: "قصفت طائرتان السوق في حلب وقتل ثلاثة", act: "ضربة", place: "حلب", says: /ضربة جوية[\s\S]*حلب/ },
  { lang: "ru", words: "Два самолёта ударили по рынку в Алеппо, трое погибших", act: "авиа", place: "алеп", says: /авиаудар[\s\S]*Алеппо/ },
];

for (const { lang, words, act, place, says } of TYPED) {
  test(`a report is typed in at most 25 keys beside its words and read back, in ${lang}`, async ({ page }) => {
    await room.open(page, "operator", "inbox", lang);
    const text = page.locator(".words textarea");
    await expect(text).toBeFocused();
    await ready(page);
    await calm(page);
    const started = Date.now();
    await page.keyboard.insertText(words);
    const keys = new Keys(page);
    await keys.press("Tab");
    await keys.type(act);
    await expect(page.locator(".combo li").first()).toBeVisible();
    await keys.press("Tab");
    await keys.type(place);
    await expect(page.locator(".combo li").first()).toBeVisible();
    await keys.press("Enter", "Tab");
    await keys.type("1015");
    await keys.press("Tab");
    await keys.type("3");
    await keys.press("Control+Enter");
    await expect(page.locator(".read-back")).toBeVisible();
    expect(keys.pressed, "keys beside the words").toBeLessThanOrEqual(25);
    expect(Date.now() - started).toBeLessThan(60_000);
    await expect(page.locator(".read-back .receipt")).toHaveText(/^r\d+$/);
    await expect(page.locator(".read-back .understood")).toHaveText(says);
    await expect(page.locator(".read-back .understood")).toHaveText(/10:15/);
    await calm(page);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/read-back-${lang}.png`, fullPage: true });
    const receipt = await page.locator(".read-back .receipt").innerText();
    await page.keyboard.press("Enter");
    await expect(text).toBeFocused();
    const listed = page.locator(".own li", { hasText: receipt });
    await listed.getByRole("button").click();
    await expect(listed.locator(".as-it-came")).toHaveText(words);
    if (lang !== "en") expect((await page.locator(".typed label, .typed legend, .typed button").allInnerTexts()).join(" ").replace(/Ctrl Enter/g, "")).not.toMatch(/[A-Za-z]{3,}/);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/typed-${lang}.png`, fullPage: true });
  });
}

const TEXTS: { lang: Lang; words: string }[] = [
  { lang: "en", words: "Shelling killed 3 people and wounded 7 in Aleppo on 3 May 2016. On the same day an airstrike on Saraqib killed 2 people." },
  { lang: "ar", words: "قتل 3 أشخاص وأصيب 7 في قصف مدفعي على حلب في 3 أيار 2016." },
  { lang: "ru", words: "В результате артобстрела в Алеппо 3 мая 2016 года погибли 3 человека, 7 ранены." },
];

for (const { lang, words } of TEXTS) {
  test(`a text is read, its words lit, and each proposal confirmed by one key, in ${lang}`, async ({ page }) => {
    await room.open(page, "verifier", "inbox/text", lang);
    await page.locator(".words textarea").fill(words);
    await page.locator("form.pasted button[type=submit]").click();
    const proposals = page.locator(".proposals ol > li");
    await expect(proposals.first()).toBeVisible();
    await expect(page.locator("mark.value").first()).toBeVisible();
    expect(await page.locator(".text").innerText()).toBe(words);
    expect((await own(page)).filter((one) => words.startsWith(one.beginning.slice(0, 40)))).toEqual([]);
    await calm(page);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/text-${lang}.png`, fullPage: true });
    const count = await proposals.count();
    for (let n = 0; n < count; n += 1) await page.keyboard.press("y");
    await expect(page.locator(".proposals li.confirmed")).toHaveCount(count);
    await page.getByRole("radio").nth(2).check();
    await page.locator(".said-by select").selectOption("sohr");
    await page.locator(".proposals > button.chief").click();
    await expect(page.locator(".read-back .receipt")).toHaveText(/^r\d+$/);
    await expect(page.locator(".read-back .understood")).toHaveCount(count);
    const mine = async () => (await own(page)).filter((one) => words.startsWith(one.beginning.slice(0, 40))).length;
    await expect.poll(mine).toBe(1);
  });
}

/** The screens as they are kept on the device, without a network. */
async function offline(context: BrowserContext, page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).length)).toBeGreaterThan(0);
  await context.setOffline(true);
}

test("a report in Arabic is written on a phone without a network, outlives a reload, and is sent once when an answer was lost", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await room.open(page, "monitor", "inbox", "ar");
  await expect(page.locator(".words textarea")).toBeVisible();
  await ready(page);
  await offline(context, page);
  await page.reload();
  const words = "غارة جوية على سراقب قبل ساعة، قتيلان";
  await page.locator(".words textarea").fill(words);
  await page.locator(".combo input").first().fill("ضربة جوية");
  await page.locator(".combo li").first().tap();
  await page.locator(".combo input").nth(1).fill("سراقب");
  await page.locator('.typed button[type="submit"]').click();
  await expect(page.locator(".held")).toBeVisible();
  await expect(page.locator(".waits")).toHaveCount(1);
  await calm(page);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/phone-waiting-ar.png`, fullPage: true });
  await page.reload();
  await expect(page.locator(".waits")).toHaveCount(1);
  // What the device keeps for working without a network holds no word of the report.
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)));
    return { paths: all.flat(), local: JSON.stringify(localStorage) };
  });
  expect(kept.paths.filter((path) => path.startsWith("/api"))).toEqual([]);
  expect(kept.local).not.toContain("سراقب قبل");
  // The line is back, but the first answer is lost on its way.
  let lost = 0;
  await context.route("**/api/reports", async (route) => {
    if (route.request().method() !== "POST" || lost) return route.continue();
    lost += 1;
    await route.fetch({ maxRetries: 3 });
    return route.abort("connectionreset");
  });
  await context.setOffline(false);
  await expect.poll(() => lost, { timeout: 30_000 }).toBe(1);
  await page.reload();
  const mine = async () => (await own(page)).filter((one) => one.beginning === words).length;
  await expect.poll(mine, { timeout: 30_000 }).toBe(1);
  await expect(page.locator(".sent")).toBeVisible();
  await expect(page.locator(".waits")).toHaveCount(0, { timeout: 30_000 });
  expect(await mine(), "received once").toBe(1);
  const left = await page.evaluate(
    () =>
      new Promise((done) => {
        const asked = indexedDB.open("truceline-inbox", 1);
        asked.onsuccess = () => {
          const all = asked.result.transaction("waiting").objectStore("waiting").getAll();
          all.onsuccess = () => done(all.result.length);
        };
      }),
  );
  expect(left, "nothing is left on the device").toBe(0);
  await context.close();
});

const HOSTILE = [
  '<img src=x onerror="window.hurt=1"> shelling',
  'قصف <script>window.hurt=1</script> "><svg onload=window.hurt=1>',
  "обстрел {{constructor.constructor('window.hurt=1')()}} javascript:window.hurt=1",
];

test("what is hostile is words, in every field and three scripts", async ({ page }) => {
  await room.open(page, "operator", "inbox");
  for (const words of HOSTILE) {
    await page.locator(".words textarea").fill(words);
    await page.locator(".combo input").nth(1).fill(words.slice(0, 90));
    await page.locator('.typed button[type="submit"]').click();
    await expect(page.locator(".read-back .receipt")).toHaveText(/^r\d+$/);
    expect(await page.locator(".read-back img, .read-back script, .read-back svg").count()).toBe(0);
    const receipt = await page.locator(".read-back .receipt").innerText();
    await page.locator(".read-back button").click();
    const listed = page.locator(".own li", { hasText: receipt });
    await listed.getByRole("button").click();
    await expect(listed.locator(".as-it-came")).toHaveText(words);
  }
  await page.goto(`${room.address}/#/inbox/text`);
  await page.locator("form.pasted textarea").fill(HOSTILE.join("\n"));
  await page.locator("form.pasted button[type=submit]").click();
  await expect(page.locator(".text")).toBeVisible();
  expect(await page.locator(".text img, .text script, .text svg").count()).toBe(0);
  expect(await page.evaluate(() => "hurt" in window)).toBe(false);
});

test("what cannot be read is said where it stands, and nothing is sent", async ({ page }) => {
  await room.open(page, "operator", "inbox");
  const before = (await own(page)).length;
  await page.locator(".words textarea").fill("shelling, many dead");
  await page.locator("input.figure").first().fill("many");
  await page.locator('.typed button[type="submit"]').click();
  await expect(page.locator("input.figure").first()).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator(".waits")).toHaveCount(0);
  expect((await own(page)).length).toBe(before);
  await expect(page.locator(".words textarea")).toHaveValue("shelling, many dead");
});

test("a liaison takes nothing down here", async ({ page }) => {
  await room.open(page, "damascus", "inbox");
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator(".typed")).toHaveCount(0);
});

test("the dark page holds", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("theme", "dark"));
  await room.open(page, "watch", "inbox");
  await expect(page.locator(".words textarea")).toBeVisible();
  await calm(page);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/dark.png`, fullPage: true });
});
