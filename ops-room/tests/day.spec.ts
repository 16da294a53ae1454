// A day of the mission, each part by the person whose it is, in each language: a report written where there is no network, two more of the same strike, merged;
// what it turns on; a case, notice, reply, two positions that differ; a bulletin passed by two, read by anybody, proven away from the server.
// After every step the server is killed and comes back at the same address: whoever looks sees what happened, and nothing is lost or there twice.
import { execFileSync } from "node:child_process";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { act, stance } from "./acting.ts";
import type { Lang, Room } from "./room.ts";
import { cosign, WITNESSES, witnessed } from "./witnesses.ts";

// Nobody waits longer than this for a page to answer a touch.
test.use({ actionTimeout: 20_000 });

let room: Room;
test.beforeAll(async () => {
  room = await witnessed();
});
test.afterAll(async () => room.end());

type Lines = { notice: string; query: string; receipt: string; reply: string; report: string; stance: string };
type Day = { lang: Lang; told: string[]; what: string; place: string; back: number; taken: string; lines: Lines; said: string };
const DAYS: Day[] = [
  {
    lang: "ar",
    told: ["غارة جوية على السوق، قتيلان", "سمع متصل طائرات عند الضحى", "شوهدت حفرة في المساء"],
    what: "ضربة جوية",
    place: "سراقب",
    back: 1,
    taken: "قُبل",
    lines: { notice: "إشعار من يُسأل", query: "سؤال كل طرف", receipt: "تأكيد استلام السؤال", reply: "رد المتهمين", report: "تقرير عن الطبيعة", stance: "الظروف، معاً" },
    said: "قيل فيها بالعربية.",
  },
  {
    lang: "en",
    told: ["An airstrike hit the market, two dead", "A caller heard aircraft in the morning", "A crater was seen in the evening"],
    what: "airs",
    place: "Saraqib",
    back: 2,
    taken: "Taken",
    lines: { notice: "Notice to whoever", query: "Every accused party", receipt: "Receipt of the query", reply: "The accused reply", report: "Report on nature", stance: "The circumstances" },
    said: "Said of it in English.",
  },
  {
    lang: "ru",
    told: ["Авиаудар по рынку, двое погибших", "Позвонивший слышал самолёты утром", "Вечером видели воронку"],
    what: "авиа",
    place: "Алеппо",
    back: 1,
    taken: "Принято",
    lines: { notice: "Уведомление отвечающего", query: "Запрос каждой", receipt: "Подтверждение получения", reply: "Ответ обвиняемых", report: "Доклад о характере", stance: "Обстоятельства, вместе" },
    said: "Сказано об этом по-русски.",
  },
];
const HOURS = ["0115", "0930", "2045"];

/** The power goes, and comes back. */
async function cut(): Promise<void> {
  await room.kill();
  await room.start();
}

async function as(browser: Browser, person: string, screen: string, lang: Lang): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await room.open(page, person, screen, lang);
  return page;
}

async function asked<T>(person: string, path: string): Promise<T> {
  const answer = await fetch(`${room.address}${path}`, { headers: { Authorization: `Bearer ${room.token(person)}` } });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

type Line = { incident: string; reports: number };
const incidents = async () => new Map((await asked<{ incidents: Line[] }>("verifier", "/api/incidents?limit=100")).incidents.map((one) => [one.incident, one]));

/** Fills in the form as somebody in a hurry does, and hands it over. */
async function hand(page: Page, day: Day, n: number): Promise<void> {
  await page.locator(".words textarea").fill(day.told[n] ?? "");
  await page.locator(".combo input").first().fill(day.what);
  await page.locator(".combo li").first().click();
  await page.locator(".combo input").nth(1).fill(day.place);
  await page.getByPlaceholder("10:15").fill(HOURS[n] ?? "");
  await page.locator(".fields select").first().selectOption({ index: day.back });
  await page.locator('.typed button[type="submit"]').click();
}

async function ready(page: Page): Promise<void> {
  await expect(page.locator(".words textarea")).toBeVisible();
  await expect.poll(() => page.evaluate(() => localStorage.getItem("inbox-form") !== null)).toBe(true);
}

/** Without a network, on a phone; the server dies meanwhile. Received once when both are back. */
async function reported(browser: Browser, day: Day): Promise<void> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await room.open(page, "monitor", "inbox", day.lang);
  await ready(page);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).length)).toBeGreaterThan(0);
  await context.setOffline(true);
  await page.reload();
  await hand(page, day, 0);
  await expect(page.locator(".waits")).toHaveCount(1);
  await cut();
  await context.setOffline(false);
  await expect(page.locator(".waits")).toHaveCount(0, { timeout: 30_000 });
  const mine = async () => (await asked<{ reports: { beginning: string }[] }>("monitor", "/api/reports?limit=100")).reports.filter((one) => one.beginning === day.told[0]).length;
  await expect.poll(mine).toBe(1);
  await cut();
  expect(await mine()).toBe(1);
  await context.close();
}

/** Another of the same strike, by somebody else; the incident that it makes. */
async function another(browser: Browser, day: Day, person: string, n: number): Promise<string> {
  const before = await incidents();
  const page = await as(browser, person, "inbox", day.lang);
  await ready(page);
  await hand(page, day, n);
  await expect(page.locator(".read-back .receipt")).toHaveText(/^r\d+$/);
  await cut();
  const made = [...(await incidents()).keys()].filter((id) => !before.has(id));
  expect(made).toHaveLength(1);
  await page.context().close();
  return made[0] ?? "";
}

/** The verifier takes the three for one, and sees why a finding is so and what it turns on. */
async function merged(browser: Browser, day: Day, first: string): Promise<string> {
  const page = await as(browser, "verifier", `incidents/${first}`, day.lang);
  for (const [n, hour] of ["09:30", "20:45"].entries()) {
    await expect(page.locator(".deciding")).toBeVisible();
    await page.locator("h1").click();
    await page.keyboard.press("m");
    await expect(page.locator(".merge input")).toBeFocused();
    await page.locator(".merge li", { hasText: hour }).getByRole("button").first().click();
    await expect.poll(() => page.locator(".report").count()).toBe(n + 2);
    await cut();
    await page.reload();
    await expect.poll(() => page.locator(".report").count()).toBe(n + 2);
  }
  await page.locator("summary", { hasText: /Why this is found so|لماذا كانت|Почему вывод/ }).first().click();
  await expect(page.locator(".explanation .tree").first()).toBeVisible();
  const id = [...(await incidents()).values()].find((one) => one.reports === 3 && page.url().includes(encodeURIComponent(one.incident)));
  await page.context().close();
  return id?.incident ?? first;
}

/** From the allegation to two determinations; who must act next finds the case where the last left it. */
async function decided(browser: Browser, day: Day, incident: string): Promise<string> {
  const { lang, lines, said, taken } = day;
  const legal = await as(browser, "legal", `cases/open?incident=${encodeURIComponent(incident)}`, lang);
  await expect(legal.locator('select[name="procedure"] option').first()).toBeAttached();
  await legal.locator('select[name="procedure"]').selectOption("arbitration");
  await legal.locator('select[name="clause"]').selectOption("opposition-fire");
  await legal.locator('select[name="complainant"]').selectOption("party:government-side");
  await legal.locator('input[name="respondent"][value="ahrar-al-sham"]').check();
  await legal.locator('textarea[name="words"]').fill(said);
  await legal.locator('button[type="submit"]').click();
  await expect(legal.locator("article.case h1 .id")).toHaveText(/^c\d+$/);
  const id = await legal.locator("article.case h1 .id").innerText();
  const turns: [string, string, ReturnType<typeof stance>?][] = [
    ["legal", lines.notice],
    ["washington", lines.query],
    ["hnc", lines.receipt],
    ["hnc", lines.reply],
    ["legal", lines.report],
    ["washington", lines.stance, stance("unclear")],
    ["moscow", lines.stance, stance("yes")],
  ];
  for (const [person, line, fill] of turns) {
    await cut();
    const page = await as(browser, person, `cases/${id}`, lang);
    expect(await act(page, line, said, fill), line).toContain(taken);
    await page.context().close();
  }
  await cut();
  await legal.reload();
  await expect(legal.locator('[aria-labelledby="determined"] .sheet')).toHaveCount(2);
  await legal.context().close();
  return id;
}

/** Frozen, passed by two, cosigned, read by anybody; what is taken home stands while there is no server. */
async function published(browser: Browser, day: Day): Promise<void> {
  const watch = await as(browser, "watch", "bulletins", day.lang);
  await watch.locator("input[name=as_of]").fill("2016-05-04T12:00");
  await watch.locator("select[name=sort]").selectOption("flash");
  await watch.locator("form:has(input[name=as_of]) button").first().click();
  await watch.waitForURL(/#\/bulletins\/\d+/, { timeout: 50_000 });
  const n = Number(/bulletins\/(\d+)/.exec(watch.url())?.[1]);
  await cut();
  for (const person of ["watch", "legal"]) {
    const page = await as(browser, person, `bulletins/${n}`, day.lang);
    await expect(page.locator(".state")).toBeVisible();
    await page.locator("h1").click();
    await page.keyboard.press("p");
    await expect.poll(async () => JSON.stringify((await asked<{ sign_offs?: unknown }>(person, `/api/bulletins/${n}`)))).toContain(`"${person}"`);
    await page.context().close();
    await cut();
  }
  cosign(room);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript((lang) => localStorage.setItem("lang", lang), day.lang);
  await page.goto(`${room.address}/#/public/${n}`);
  await expect(page.locator("article p[data-verdict]").first()).toHaveAttribute("data-verdict", "holds");
  const download = page.waitForEvent("download");
  await page.locator('a[href$="/bundle"]').click();
  const file = `${room.folder}/taken-${day.lang}.tar`;
  await (await download).saveAs(file);
  const key = await page.evaluate(() => Object.entries(localStorage).find(([name]) => name.startsWith("record-key "))?.[1] ?? "");
  await context.close();
  await room.kill();
  const witnesses = WITNESSES.flatMap((one) => ["--witness", one.verifierKey]);
  execFileSync(room.program, ["verify", file, "--key", key, ...witnesses, "--closed"], { stdio: "pipe" });
  await room.start();
  await watch.context().close();
}

for (const day of DAYS) {
  test(`the mission's day in ${day.lang}, the server killed after every step`, async ({ browser }) => {
    test.setTimeout(300_000);
    const before = await incidents();
    await test.step("reported", () => reported(browser, day));
    const first = [...(await incidents()).keys()].find((id) => !before.has(id)) ?? "";
    expect(first).not.toBe("");
    await another(browser, day, "operator", 1);
    await another(browser, day, "verifier", 2);
    const one = await merged(browser, day, first);
    await decided(browser, day, one);
    await published(browser, day);
  });
}
