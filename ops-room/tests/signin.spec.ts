// Signing in as people do: by name and password, in their language, with the keyboard; and what a browser keeps of it.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

const PASSWORD = "river stones at dawn";
let room: Room;

test.beforeAll(async () => {
  room = await Room.demo();
  room.token("watch");
  const program = room.program;
  execFileSync(program, ["account", "password", "watch", "--store", room.store], { input: `${PASSWORD}\n` });
});
test.afterAll(async () => room.end());

for (const [lang, refused] of [
  ["en", "opens no account"],
  ["ar", "لا يفتح أي حساب"],
  ["ru", "не открылась"],
] as [Lang, string][]) {
  test(`a wrong password is refused and the right one opens, in ${lang}, by keyboard alone`, async ({ page, context }) => {
    await page.addInitScript((lang) => localStorage.setItem("lang", lang), lang);
    await page.goto(`${room.address}/#/watch`);
    const [name, password] = [page.locator('input[name="name"]'), page.locator('input[name="password"]')];
    await name.focus();
    await page.keyboard.type("watch");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a wrong password");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText(refused);
    await expect(password).toHaveValue("");
    const found = await new AxeBuilder({ page }).analyze();
    expect(found.violations.filter((one) => one.impact === "serious" || one.impact === "critical")).toEqual([]);
    if (lang !== "en") expect(await page.locator("main").innerText()).not.toMatch(/[A-Za-z]{3,}/);
    await password.fill(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(page.locator(".sign-in")).toHaveCount(0);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const [cookie] = await context.cookies();
    expect([cookie?.httpOnly, cookie?.sameSite]).toEqual([true, "Strict"]);
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(PASSWORD);
    await page.reload();
    await expect(page.locator(".sign-in")).toHaveCount(0);
  });
}

test("a page of another site cannot act by the session, nor read by it", async ({ page }) => {
  await room.open(page, "watch");
  // The same name, another port: browsers send the cookies of one port to all.
  const evil = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<h1>Elsewhere</h1>"));
  await new Promise<void>((done) => evil.listen(0, "127.0.0.1", done));
  await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
  const codes: number[] = [];
  page.on("response", (answer) => codes.push(answer.status()));
  const shown = await page.evaluate(async (address) => {
    const shown: string[] = [];
    const ask = async (path: string, init: RequestInit) => {
      const answer = await fetch(address + path, { credentials: "include", ...init }).catch(() => undefined);
      shown.push(answer ? await answer.text() : "");
    };
    await ask("/api/session", { mode: "no-cors" });
    await ask("/api/cases", { mode: "no-cors" });
    await ask("/api/cases", { mode: "no-cors", method: "POST", body: '{"words":"x"}' });
    await ask("/api/session", { method: "DELETE", headers: { "X-Truceline": "1" } });
    await ask("/api/session", {});
    return shown.join("");
  }, room.address);
  expect(shown).toBe("");
  expect(codes.length).toBeGreaterThan(2);
  for (const code of codes) expect([401, 403, 405]).toContain(code);
  evil.close();
  await page.goto(`${room.address}/#/watch`);
  await expect(page.getByRole("navigation")).toBeVisible();
  await expect(page.locator(".sign-in")).toHaveCount(0);
});
