// A bulletin's way: frozen, its sums counted again, passed by two people, cosigned, published, corrected by another; one person is never two.
import { expect, type Page, test } from "@playwright/test";
import { picture, sound } from "./looks.ts";
import type { Lang, Room } from "./room.ts";
import { cosign, witnessed } from "./witnesses.ts";

const AS_OF = "2016-05-04T12:00";

let room: Room;
test.beforeAll(async () => {
  room = await witnessed();
});
test.afterAll(async () => room.end());

const WORDS = {
  en: { draft: "Freeze a draft", pass: "Pass this bulletin", agree: "All of them agree.", already: "You have passed it", published: "published", passed: "passed, waits" },
  ar: { draft: "جمّد مسودة", pass: "أجز هذه النشرة", agree: "كلها متطابقة.", already: "لقد أجزتها", published: "منشورة", passed: "مُجازة" },
  ru: { draft: "Закрепить черновик", pass: "Завизировать этот бюллетень", agree: "Все сходятся.", already: "Вы уже завизировали", published: "опубликован", passed: "завизирован, ждёт" },
} as const;

async function drafted(page: Page, lang: Lang): Promise<number> {
  const words = WORDS[lang];
  await room.open(page, "watch", "bulletins", lang);
  await page.locator("input[name=as_of]").fill(AS_OF);
  await page.locator("select[name=sort]").selectOption("flash");
  await page.getByRole("button", { name: words.draft }).click();
  await page.waitForURL(/#\/bulletins\/\d+/, { timeout: 50_000 });
  await expect(page.getByText(words.agree)).toBeVisible();
  return Number(/bulletins\/(\d+)/.exec(page.url())?.[1]);
}

/** As somebody else, in a browser of their own. */
async function elsewhere(page: Page, person: string, screen: string, lang: Lang, does: (page: Page) => Promise<void>): Promise<void> {
  const context = await page.context().browser()?.newContext();
  if (!context) throw new Error("no browser");
  const other = await context.newPage();
  await room.open(other, person, screen, lang);
  await does(other);
  await context.close();
}

const sign = (page: Page, person: string, n: number, digest: string, key: string) =>
  page.request.post(`${room.address}/api/bulletins/${n}/sign-offs`, {
    headers: { Authorization: `Bearer ${room.token(person)}`, "Idempotency-Key": key },
    data: { digest },
  });

const digestOf = async (page: Page, n: number) =>
  ((await (await page.request.get(`${room.address}/api/bulletins/${n}`, { headers: { Authorization: `Bearer ${room.token("legal")}` } })).json()) as { digest: string }).digest;

for (const lang of ["en", "ar", "ru"] as const) {
  test(`two people pass a bulletin, and nobody passes it twice, in ${lang}`, async ({ page }) => {
    const words = WORDS[lang];
    const n = await drafted(page, lang);
    await sound(page, "draft");
    await picture(page, `bulletin-${lang}`);
    await page.getByRole("button", { name: words.pass }).click();
    await expect(page.getByText(words.already)).toBeVisible();
    await expect(page.getByRole("button", { name: words.pass })).toHaveCount(0);
    await elsewhere(page, "legal", `bulletins/${n}`, lang, async (other) => {
      await expect(other.getByRole("button", { name: words.pass })).toBeVisible();
      await other.keyboard.press("p");
      await expect(other.locator(".state")).toContainText(words.passed);
    });
    cosign(room);
    await page.reload();
    await expect(page.locator(".state")).toContainText(words.published);
    await page.goto(`${room.address}/#/public/${n}`);
    await expect(page.locator("article p[data-verdict]").first()).toHaveAttribute("data-verdict", "holds");
    await page.goto(`${room.address}/#/bulletins`);
    await expect(page.locator(".bulletins .state").first()).toContainText(words.published);
    await sound(page, "bulletins");
    await picture(page, `bulletins-${lang}`);
  });
}

test("one person is not two, two without somebody who answers for it are too few, and another digest is refused", async ({ page }) => {
  const n = await drafted(page, "en");
  const digest = await digestOf(page, n);
  expect((await sign(page, "watch", n, "0".repeat(64), "another-digest")).status()).toBe(409);
  expect((await sign(page, "hnc", n, digest, "not-a-liaison")).status()).toBe(403);
  expect((await sign(page, "watch", n, digest, "watch-passes")).status()).toBe(201);
  expect((await sign(page, "watch", n, digest, "watch-passes")).status()).toBe(201);
  expect((await sign(page, "watch", n, digest, "watch-passes-again")).status()).toBe(422);
  const verifier = await sign(page, "verifier", n, digest, "verifier-passes");
  expect(verifier.status()).toBe(422);
  expect(((await verifier.json()) as { detail: string }).detail).toContain("legal officer or a co-chair");
  // Put right, it is another: nobody's word goes over to it, and the first is passed no more.
  await page.reload();
  await page.locator("input[name=as_of]").fill("2016-05-03T12:00");
  await page.getByRole("button", { name: `in the place of ${n}` }).click();
  await page.waitForURL((url) => !url.hash.endsWith(`/${n}`), { timeout: 50_000 });
  await expect(page.getByText(`in the place of ${n}`).first()).toBeVisible();
  await expect(page.getByText("passed by 0 of 2")).toBeVisible();
  expect((await sign(page, "legal", n, digest, "legal-passes-the-old")).status()).toBe(422);
  // What was not passed is nobody's outside, whoever cosigns the record.
  cosign(room);
  expect((await page.request.get(`${room.address}/api/public/bulletins/${n}`)).status()).toBe(404);
  await elsewhere(page, "hnc", `bulletins/${n}`, "en", async (other) => {
    await expect(other.getByRole("alert")).toContainText("no bulletin");
  });
});

test("a published bulletin is corrected by another and stays as it was; it prints as PDF", async ({ page }) => {
  const n = await drafted(page, "en");
  const digest = await digestOf(page, n);
  expect((await sign(page, "moscow", n, digest, "moscow-passes")).status()).toBe(201);
  expect((await sign(page, "verifier", n, digest, "verifier-too")).status()).toBe(201);
  await page.reload();
  await page.getByRole("button", { name: `Freeze a correction of ${n}` }).click();
  await page.waitForURL((url) => !url.hash.endsWith(`/${n}`), { timeout: 50_000 });
  await expect(page.getByText(`corrects ${n}`).first()).toBeVisible();
  expect(await digestOf(page, n)).toBe(digest);
  // On paper: offered beside the page, and the same bytes for whoever asks.
  await page.goto(`${room.address}/#/bulletins/${n}`);
  await expect(page.getByRole("link", { name: "PDF: العربية" })).toHaveAttribute("href", `/api/bulletins/${n}/page?lang=ar&form=pdf`);
  const paper = async () => {
    const headers = { Authorization: `Bearer ${room.token("legal")}` };
    return (await page.request.get(`${room.address}/api/bulletins/${n}/page?lang=ar&form=pdf`, { headers, timeout: 90_000 })).body();
  };
  const pdf = await paper();
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.length).toBeGreaterThan(50_000);
  expect(pdf.equals(await paper())).toBe(true);
});
