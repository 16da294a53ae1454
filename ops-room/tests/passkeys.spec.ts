// Passkeys in a real browser with an authenticator of the browser's own: adding one, signing in by it, removing it, in three languages.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

let room: Room;
test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

for (const [lang, person, settings, add, signIn, signOut, refused] of [
  ["en", "watch", "Settings", "Add a passkey", "Sign in with a passkey", "Sign out", "opens no account"],
  ["ar", "legal", "الإعدادات", "إضافة مفتاح مرور", "الدخول بمفتاح مرور", "تسجيل الخروج", "لا يفتح أي حساب"],
  ["ru", "verifier", "Настройки", "Добавить ключ доступа", "Войти по ключу доступа", "Выйти", "не открылась"],
] as [Lang, string, string, string, string, string, string][]) {
  test(`a passkey is added, signs in and is removed, in ${lang}`, async ({ page, context }) => {
    const client = await context.newCDPSession(page);
    await client.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true } as const;
    const { authenticatorId } = await client.send("WebAuthn.addVirtualAuthenticator", { options });
    // A passkey belongs to a name.
    const at = room.address.replace("127.0.0.1", "localhost");
    await page.addInitScript((lang) => localStorage.setItem("lang", lang), lang);
    await page.goto(`${at}/#/sign-in?code=${room.token(person)}`);
    await page.getByRole("navigation").waitFor();
    const panel = page.locator("details.settings");
    await panel.locator("summary", { hasText: settings }).click();
    const name = "مفتاح <b>الليل</b>";
    await panel.locator('input[name="passkey-name"]').fill(name);
    await panel.getByRole("button", { name: add }).click();
    await expect(panel.locator("li")).toContainText(name);
    const found = await new AxeBuilder({ page }).analyze();
    expect(found.violations.filter((one) => one.impact === "serious" || one.impact === "critical")).toEqual([]);
    await page.screenshot({ path: `test-results/passkeys-${lang}.png` });
    await page.getByRole("button", { name: signOut }).click();
    await expect(page.locator(".who")).toHaveCount(0);
    await page.goto(`${at}/#/watch`);
    await page.getByRole("button", { name: signIn }).click();
    await expect(page.locator(".sign-in")).toHaveCount(0);
    await expect(page.locator(".who")).toContainText(person);
    // The authenticator has counted it, and so has the server.
    const { credentials } = await client.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials.map((one) => one.signCount > 1)).toEqual([true]);
    if ((await panel.getAttribute("open")) === null) await panel.locator("summary").click();
    await panel.locator("li button").click();
    await expect(panel.locator("li")).toHaveCount(0);
    await expect(page.locator(".who")).toContainText(person);
    await page.getByRole("button", { name: signOut }).click();
    await expect(page.locator(".who")).toHaveCount(0);
    await page.goto(`${at}/#/watch`);
    await page.getByRole("button", { name: signIn }).click();
    await expect(page.getByRole("alert")).toContainText(refused);
    await page.screenshot({ path: `test-results/sign-in-${lang}.png` });
  });
}
