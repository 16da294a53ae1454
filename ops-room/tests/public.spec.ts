// What is published, as somebody without an account sees it: proven in their own browser, and taken home to be proven without us.
import { execFileSync } from "node:child_process";
import { expect, type Page, test } from "@playwright/test";
import { picture, sound } from "./looks.ts";
import type { Lang, Room } from "./room.ts";
import { cosign, publish, WITNESSES, witnessed } from "./witnesses.ts";

let room: Room;
let published: number;
test.beforeAll(async () => {
  room = await witnessed();
  published = publish(room);
  cosign(room);
  publish(room);
});
test.afterAll(async () => room.end());

const verdict = (page: Page) => page.locator("article p[data-verdict]").first();

async function open(page: Page, lang: Lang, rest = ""): Promise<void> {
  await page.addInitScript((lang) => localStorage.setItem("lang", lang), lang);
  await page.goto(`${room.address}/#/public${rest}`);
}

for (const [lang, title, bundle] of [
  ["en", "What is published", "Everything that proves it"],
  ["ar", "ما نُشر", "كل ما يثبتها"],
  ["ru", "Опубликованное", "Всё, что его доказывает"],
] as [Lang, string, string][]) {
  test(`anybody reads a bulletin that their browser has proven, in ${lang}`, async ({ page }) => {
    await open(page, lang);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    // The draft that was frozen last is nobody's to see.
    await expect(page.locator(".bulletins li")).toHaveCount(1);
    // What other tools read: each link leads somewhere.
    const others = page.locator("section[aria-labelledby=others-title] a");
    await expect(others).toHaveCount(7);
    for (const href of await others.evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""))) {
      expect((await page.request.get(`${room.address}${href}`)).status(), href).toBe(200);
    }
    await sound(page, "public");
    await picture(page, `public-${lang}`);
    await page.locator(".bulletins a").first().click();
    await expect(verdict(page)).toHaveAttribute("data-verdict", "holds");
    await expect(page.getByRole("link", { name: bundle })).toBeVisible();
    await sound(page, "bulletin");
    await picture(page, `public-bulletin-${lang}`);
    await page.locator("table a").first().click();
    await expect(page.locator("section p[data-verdict=holds]")).toBeVisible();
    expect(await page.locator("section table tbody tr").count()).toBeGreaterThan(5);
    await sound(page, "incident");
    const read = await page.request.get(`${room.address}/api/public/bulletins/${published}/page?lang=${lang}`);
    expect(await read.text()).toContain(`lang="${lang}"`);
  });
}

test("what is taken home stands without us", async ({ page }) => {
  await open(page, "en", `/${published}`);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Everything that proves it" }).click();
  const file = `${room.folder}/taken.tar`;
  await (await download).saveAs(file);
  const key = await page.evaluate(() => Object.entries(localStorage).find(([name]) => name.startsWith("record-key "))?.[1] ?? "");
  const witnesses = WITNESSES.flatMap((one) => ["--witness", one.verifierKey]);
  execFileSync(room.program, ["verify", file, "--key", key, ...witnesses, "--closed"], { stdio: "pipe" });
});

test("of what was changed on its way nothing is shown", async ({ page }) => {
  const change = async (path: string, by: (text: string) => string) => {
    await page.unrouteAll();
    await page.route(`**/api/public/bulletins/${published}${path}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: by(await answer.text()) });
    });
    await page.goto("about:blank");
  };
  const broken = async (words: string) => {
    await open(page, "en", `/${published}`);
    await expect(verdict(page)).toHaveAttribute("data-verdict", "broken");
    await expect(page.getByRole("alert")).toContainText(words);
    await expect(page.locator(".figures")).toHaveCount(0);
    await expect(page.locator("table")).toHaveCount(0);
  };
  await change("", (text) => text.replace(/\\"incidents\\":(\d+)/, (_, n: string) => `\\"incidents\\":${Number(n) + 1}`));
  await broken("is not in the record");
  await change("", (text) => text.replaceAll("+", "-"));
  await broken("");
  await change("/file?*", (text) => text.replace("disputed", "prohibited"));
  await broken("is not the one that the bulletin fixes");
  await change("/findings?*", (text) => text.replaceAll('\\"outcome\\":\\"', '\\"outcome\\":\\"not-'));
  await open(page, "en", `/${published}`);
  await page.locator("table a").first().click();
  await expect(page.getByRole("alert")).toContainText("not among those");
  await expect(page.locator("section table")).toHaveCount(0);
});

test("nobody is shown anything else", async ({ page }) => {
  await open(page, "en");
  await expect(page.getByRole("navigation").getByRole("link")).toHaveText(["Public"]);
  for (const path of ["/api/record", "/api/record/entries", "/api/bulletins", "/api/rivals"]) {
    expect((await page.request.get(`${room.address}${path}`)).status(), path).toBe(401);
  }
  const later = (await (await page.request.get(`${room.address}/api/public/record`)).json()) as { checkpoint: { size: number } };
  expect(later.checkpoint.size).toBe(published + 1);
  expect((await page.request.get(`${room.address}/api/public/bulletins/${published + 1}`)).status()).toBe(404);
});
