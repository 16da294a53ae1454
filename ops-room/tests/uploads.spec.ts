// Files with a report: chosen and sent by keys with how far they have come, kept on the device without a network and sent once, read like pasted words where
// they are text, refused where they lie; opened again by who may, with custody. And open words of the agreement, answered on the screen of an incident.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

let room: Room;
test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

const SHOTS = process.env["SHOTS"];
const DABBIT = "i-sohr-ad-sohr-1";
// What a camera wrote, a frame of one point and its scan: enough for a copy without the first.
const CAMERA = Buffer.from("Exif\0\0 a yard");
const DRAWN = [0xff, 0xc0, 0, 0x0b, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0xff, 0xd9];
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, CAMERA.length + 2]), CAMERA, Buffer.from(DRAWN)]);

async function calm(page: Page, part = "main"): Promise<void> {
  const found = await new AxeBuilder({ page }).include(part).analyze();
  const grave = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(grave.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)])).toEqual([]);
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

const photo = (name: string, more = "") => ({ name, mimeType: "image/jpeg", buffer: Buffer.concat([JPEG, Buffer.from(more)]) });

async function choose(page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await page.locator(".uploaded input[type=file]").setInputFiles(files);
}

for (const [lang, words] of [
  ["en", "The yard of the clinic after the strike"],
  ["ar", "باحة العيادة بعد الغارة"],
  ["ru", "Двор больницы после удара"],
] as [Lang, string][]) {
  test(`in ${lang} a photograph is sent with a line of words, has a receipt, and is opened again to be kept`, async ({ page }) => {
    await room.open(page, "monitor", "inbox/files", lang);
    await expect(page.locator(".uploaded input[type=file]")).toBeFocused();
    await calm(page);
    await choose(page, photo("../\u202eباحة.html", lang));
    await expect(page.locator(".uploaded textarea")).toBeFocused();
    await page.keyboard.insertText(words);
    await shot(page, `upload-${lang}`);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".read-back .filed .receipt")).toHaveText(/^a\d+$/);
    await calm(page);
    await shot(page, `uploaded-${lang}`);
    const receipt = (await page.locator(".read-back h2 .receipt").innerText()).trim();
    await page.locator(".own button", { hasText: receipt }).click();
    // First the copy without what the camera wrote; as it came, after it.
    const links = page.locator(".own .attachments a");
    await expect(links).toHaveCount(2);
    await expect(links.first()).toHaveAttribute("href", /^\/api\/attachments\/a\d+\/copy$/);
    await expect(links.last()).toHaveAttribute("href", /^\/api\/attachments\/a\d+$/);
    expect(await page.locator(".own .attachments").innerText()).not.toMatch(/\u202e|\.\.\//);
    expect(await page.locator("main").innerText()).not.toMatch(/\binbox\.[a-z-]+\b|undefined|NaN/);
    for (const [link, name] of [[links.first(), /^a\d+-copy\.jpg$/], [links.last(), /^a\d+\.jpg$/]] as const) {
      const waits = page.waitForEvent("download");
      await link.click();
      expect((await waits).suggestedFilename()).toMatch(name);
    }
    await calm(page);
  });
}

test("a file is added to a report that is there, and one that lies is refused in words", async ({ page }) => {
  await room.open(page, "monitor", "inbox/files");
  await choose(page, { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from("<svg xmlns='x' onload='alert(1)'/>") });
  await page.locator(".uploaded textarea").fill("A drawing that says that it is a photograph");
  await page.locator(".uploaded button[type=submit]").click();
  await expect(page.locator(".read-back .filed [role=alert]")).toContainText("markup");
  const receipt = (await page.locator(".read-back h2 .receipt").innerText()).trim();
  await page.locator(".own button", { hasText: receipt }).click();
  await page.locator(".own .choose input").setInputFiles([photo("after.jpg", receipt)]);
  await expect(page.locator(".own .attachments li")).toHaveCount(1);
});

test("without a network a report and its small files wait, and are sent once; a large one is said not to be kept", async ({ page, context }) => {
  await room.open(page, "monitor", "inbox/files");
  await expect.poll(() => page.evaluate(() => localStorage.getItem("inbox-form") !== null)).toBe(true);
  await context.setOffline(true);
  await choose(page, photo("small.jpg", "offline"), photo("large.jpg", "x".repeat(6 * 1024 * 1024)));
  await expect(page.locator(".chosen .doubt")).toHaveCount(1);
  await page.locator(".uploaded textarea").fill("Written where there is no network");
  await page.locator(".uploaded button[type=submit]").click();
  await expect(page.locator(".held .lost")).toContainText("large.jpg");
  await expect(page.locator(".waiting-list .waits")).toContainText("with 1 file");
  await shot(page, "upload-waits");
  await calm(page);
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(page.locator(".waiting-list .sent .filed .receipt")).toHaveText(/^a\d+$/);
  await expect(page.locator(".waiting-list .waits")).toHaveCount(0);
});

test("a text that came as a file is read like pasted words, and goes with them", async ({ page }) => {
  await room.open(page, "watch", "inbox/files");
  const words = "Shelling killed 3 people in Aleppo on 3 May 2016.";
  await choose(page, { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from(words) });
  await page.locator(".chosen button").nth(1).click();
  await expect(page.locator(".pasted textarea")).toHaveValue(words);
  await page.locator(".pasted button[type=submit]").click();
  await expect(page.locator(".proposals li").first()).toBeVisible();
  await page.locator(".said-by input").nth(1).check();
  await page.locator(".proposals li").first().click();
  await page.keyboard.press("y");
  await page.keyboard.press("s");
  await expect(page.locator(".read-back .filed .receipt")).toHaveText(/^a\d+$/);
});

test("an open word is answered with its reason by a legal officer", async ({ page }) => {
  await room.open(page, "legal", `incidents/${DABBIT}`);
  const word = page.locator(".open-word").first();
  await expect(word).toBeVisible();
  await page.keyboard.press("w");
  await expect(word.locator("input")).toBeFocused();
  await word.getByRole("button", { name: "No", exact: true }).click();
  await expect(word.getByRole("alert")).toContainText("Say why");
  await word.locator("input").fill("<b>Nobody</b> was under attack there");
  await word.getByRole("button", { name: "No", exact: true }).click();
  await expect(word.getByRole("status")).toContainText(/Logged as entry \d+/);
  await expect(word).toContainText("<b>Nobody</b> was under attack there");
  await expect(page.locator(".decisions")).toContainText("answered");
  await calm(page, ".open-word");
  await shot(page, "open-word");
});

for (const [person, there] of [["verifier", true], ["hnc", false]] as const) {
  test(`${person} answers no open word, and is ${there ? "shown them" : "shown none"}`, async ({ page }) => {
    await room.open(page, person, `incidents/${DABBIT}`);
    await expect(page.locator(".report").first()).toBeVisible();
    expect((await page.locator(".open-word").count()) > 0).toBe(there);
    await expect(page.locator(".open-word form")).toHaveCount(0);
  });
}

for (const lang of ["ar", "ru"] as Lang[]) {
  test(`in ${lang} open words and files are told in its words`, async ({ page }) => {
    await room.open(page, "washington", `incidents/${DABBIT}`, lang);
    await expect(page.locator(".open-word form").first()).toBeVisible();
    expect(await page.locator("main").innerText()).not.toMatch(/\bincidents\.[a-z-]+\b|undefined|NaN/);
    await calm(page, ".open-word");
    await page.locator("#open-words").scrollIntoViewIfNeeded();
    await shot(page, `open-words-${lang}`);
  });
}
