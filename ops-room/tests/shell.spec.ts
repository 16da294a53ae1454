// The frame: nobody is shown anything before they have said who they are; three languages, both directions, keys alone, nothing serious for a screen reader.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { SCREENS } from "../src/screens/index.ts";
import { type Lang, Room } from "./room.ts";

let room: Room;
test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

test("a stranger sees the public screen and a way in, and no page asks anybody else for anything", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${room.address}/#/watch`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link")).toHaveText(["Public"]);
  expect(asked.filter((url) => !url.startsWith(room.address))).toEqual([]);
});

for (const [lang, dir, sign] of [
  ["en", "ltr", "Watch"],
  ["ar", "rtl", "المراقبة"],
  ["ru", "ltr", "Дежурство"],
] as [Lang, string, string][]) {
  test(`every screen opens in ${lang} by its key, and axe finds nothing serious`, async ({ page }) => {
    await room.open(page, "watch", "watch", lang);
    await expect(page.getByRole("navigation").getByRole("link", { name: sign })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("dir", dir);
    for (const [at, screen] of SCREENS.entries()) {
      await page.keyboard.press(String(at + 1));
      await expect(page.locator("main h1").first()).toBeVisible();
      await expect(page.locator(".waiting")).toHaveCount(0);
      expect(await page.locator("main").innerText()).not.toMatch(/\b(shell|words|undefined|NaN|\w+)\.(\w+-)+\w+\b/);
      const found = await new AxeBuilder({ page }).analyze();
      const serious = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
      expect(serious.map((one) => `${screen.id} ${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    }
  });
}

test("keys are listed under ?", async ({ page }) => {
  await room.open(page, "watch");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});
