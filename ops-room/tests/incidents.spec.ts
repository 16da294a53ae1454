// Incidents: found, why a finding is so in two clicks, a wrong merge undone by one key, sources side by side; in three languages, on a phone, for who may
// not decide, and with words that would act if they were taken for a page.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

let room: Room;
const DABBIT = "i-sohr-ad-sohr-1";
const HOSTILE = [
  `<img src=x onerror="globalThis.owned=1"> latin`,
  `<script>globalThis.owned=2</script> قصف «حرستا» <b>غامق</b>`,
  `"><svg onload=globalThis.owned=3> обстрел {{7*7}} javascript:alert(1)`,
];

test.beforeAll(async () => {
  room = await Room.demo();
  const rows = HOSTILE.map((words, at) => {
    const quoted = `"${words.replaceAll('"', '""')}"`;
    return `x${at} ${quoted.slice(1, 20).replaceAll(/["<>,]/g, "")},event,2016-05-20,sohr,shelling,2016-05-19T1${at}:00,${quoted},SY06,,${at + 1},${quoted}`;
  });
  const file = join(room.folder, "hostile.csv");
  writeFileSync(file, `id,kind,known,source,act,when,place,area,actor,killed,note\n${rows.join("\n")}\n`);
  try {
    room.run("import", file, "--store", room.store);
  } catch {
    // Rows with places that nobody knows are taken in with a warning, and the program says so by its code.
  }
});
test.afterAll(async () => room.end());

async function serious(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  const all = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  return all.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}

for (const [lang, words, why, findings] of [
  ["en", "Al-Dabbit", "Why this is found so", "Findings"],
  ["ar", "الضبيط", "لماذا كانت النتيجة هكذا", "النتائج"],
  ["ru", "Dabbit", "Почему вывод таков", "Выводы"],
] as [Lang, string, string, string][]) {
  test(`in ${lang} an incident is found by words, and why a finding is so in two clicks`, async ({ page }) => {
    await room.open(page, "verifier", `incidents?text=${encodeURIComponent(words)}`, lang);
    await expect(page.locator(".incidents .entry")).toHaveCount(1);
    expect(await serious(page)).toEqual([]);
    let clicks = 0;
    await page.locator(".incidents .entry a").click();
    clicks++;
    await expect(page.getByRole("heading", { name: findings, exact: true })).toBeVisible();
    await page.locator("summary", { hasText: why }).first().click();
    clicks++;
    await expect(page.locator(".explanation .tree").first()).toBeVisible();
    expect(clicks).toBe(2);
    await expect(page.locator(".explanation h4").first()).toBeVisible();
    expect(await page.locator("main").innerText()).not.toMatch(/\bincidents\.[a-z-]+\b|undefined|NaN/);
    expect(await serious(page)).toEqual([]);
  });
}

test("every source stands beside the others, figures are ranges, and a total is no part of them", async ({ page }) => {
  await room.open(page, "verifier", `incidents/${DABBIT}`);
  await expect(page.locator(".report")).not.toHaveCount(0);
  expect(await page.locator(".report").count()).toBeGreaterThanOrEqual(7);
  await expect(page.locator(".report-total")).toHaveCount(2);
  await expect(page.locator(".figures h3").first()).toContainText("3");
  await expect(page.locator(".standing-disputed").first()).toBeVisible();
  await expect(page.getByText("Not covered is not lawful").first()).toBeVisible();
  await page.locator(".report summary").first().click();
  await expect(page.locator(".report code").first()).toHaveText(/[0-9a-f]{64}/);
});

test("a wrong merge is undone by one key, and the record holds both", async ({ page }) => {
  await room.open(page, "verifier", `incidents/${DABBIT}`);
  await expect(page.locator(".deciding")).toBeVisible();
  const before = await page.locator(".report").count();
  await page.keyboard.press("m");
  await expect(page.locator(".merge input")).toBeFocused();
  await page.keyboard.type("Quds");
  await page.locator(".merge li", { hasText: "Quds" }).getByRole("button").first().click();
  await expect(page.getByRole("status").filter({ hasText: /Logged as entry \d+/ })).toBeVisible();
  await expect.poll(() => page.locator(".report").count()).toBeGreaterThan(before);
  await page.locator("h1").click();
  await page.keyboard.press("u");
  await expect.poll(() => page.locator(".report").count()).toBe(before);
  await expect(page.locator(".decisions .undone")).toHaveCount(1);
  expect(await serious(page)).toEqual([]);
});

test("a link is chosen, rejected and taken back by keys alone", async ({ page }) => {
  await room.open(page, "verifier", `incidents/${DABBIT}`);
  await expect(page.locator(".link").first()).toBeVisible();
  const before = await page.locator(".report").count();
  await page.keyboard.press("j");
  await expect(page.locator(".link.chosen")).toBeFocused();
  await page.keyboard.press("r");
  await expect.poll(() => page.locator(".report").count()).toBeLessThan(before);
  await page.keyboard.press("u");
  await expect.poll(() => page.locator(".report").count()).toBe(before);
});

test("the list is walked by keys, narrowed, and says what it does not know", async ({ page }) => {
  await room.open(page, "watch", "incidents");
  await expect(page.locator(".incidents .entry").first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page.locator(".entry.chosen a")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("article.incident h1")).toBeVisible();
  await page.goto(`${room.address}/#/incidents?summary=disputed&clause=government-fire`);
  await expect(page.locator(".entry .outcome-disputed").first()).toBeVisible();
  await expect(page.locator(".entry .outcome:not(.outcome-disputed)")).toHaveCount(0);
  await page.goto(`${room.address}/#/incidents?text=nothing-like-it`);
  await expect(page.getByText("That does not mean that nothing happened")).toBeVisible();
});

test("a party's liaison sees what may be published and decides nothing", async ({ page }) => {
  await room.open(page, "hnc", `incidents/${DABBIT}`);
  await expect(page.locator(".report").first()).toBeVisible();
  await expect(page.locator(".deciding, .pick, .decisions")).toHaveCount(0);
  await page.keyboard.press("r");
  await page.keyboard.press("u");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("what somebody wrote is never taken for a page", async ({ page }) => {
  await page.addInitScript(() => addEventListener("securitypolicyviolation", () => ((globalThis as { owned?: number }).owned = 9)));
  for (const lang of ["en", "ar", "ru"] as Lang[]) {
    await room.open(page, "verifier", "incidents?from=2016-05-19&until=2016-05-20", lang);
    await expect(page.locator(".entry").first()).toBeVisible();
    for (const words of HOSTILE) {
      const text = words.replace(/^.*> /, "").slice(0, 8);
      await page.goto(`${room.address}/#/incidents?text=${encodeURIComponent(text)}`);
      await page.locator(".entry a").first().click();
      await expect(page.locator(".note").first()).toHaveText(words);
      expect(await page.evaluate(() => (globalThis as { owned?: number }).owned)).toBeUndefined();
      await expect(page.locator("main script, main img, main b >> text=غامق")).toHaveCount(0);
    }
  }
});

test("on a phone nothing is cut off", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const lang of ["en", "ar"] as Lang[]) {
    await room.open(page, "monitor", `incidents/${DABBIT}`, lang);
    await expect(page.locator(".report").first()).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(1);
  }
});

test("an earlier moment is shown as it was known, and nothing is decided on it", async ({ page }) => {
  await room.open(page, "verifier", `incidents/${DABBIT}?as_of=2016-05-03T12:00:00Z`);
  await expect(page.locator(".report").first()).toBeVisible();
  await expect(page.getByText("Decisions are taken on what stands now")).toBeVisible();
  await expect(page.locator(".deciding")).toHaveCount(0);
});
