// The record on the screen: what holds is checked in the browser, and whatever a server, or somebody between, changes in an answer is shown as broken.
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { picture, sound } from "./looks.ts";
import { type Lang, Room } from "./room.ts";

let room: Room;
test.beforeAll(async () => {
  room = await Room.demo();
});
test.afterAll(async () => room.end());

const head = (page: Page) => page.locator("section p[data-verdict]").first();
const rows = (page: Page, is: string) => page.locator(`.record-entries tr[data-verdict=${is}]`);

for (const [lang, title, older] of [
  ["en", "Record", "Older"],
  ["ar", "السجل", "الأقدم"],
  ["ru", "Журнал", "Раньше"],
] as [Lang, string, string][]) {
  test(`the record is checked by this browser, entry by entry, in ${lang}`, async ({ page }) => {
    await room.open(page, "watch", "record", lang);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(head(page)).toHaveAttribute("data-verdict", "holds");
    await expect(rows(page, "holds")).toHaveCount(20);
    await sound(page, "record");
    await picture(page, `record-${lang}`);
    await page.keyboard.press("o");
    await expect(page).toHaveURL(/#\/record\/\d+/);
    await expect(rows(page, "holds")).toHaveCount(20);
    await expect(page.getByRole("button", { name: older, exact: true })).toBeEnabled();
    await page.goto(`${room.address}/#/record/0`);
    await expect(rows(page, "holds")).toHaveCount(20);
    await page.locator(".record-entries tbody th button").first().click();
    await expect(page.locator(".record-entries pre")).toContainText('"kind"');
  });
}

/** Gives a route's answers changed. */
async function change(page: Page, path: string, by: (body: any) => void): Promise<void> {
  await page.route(`**${path}`, async (route) => {
    const answer = await route.fetch();
    const body: unknown = await answer.json();
    by(body);
    await route.fulfill({ response: answer, json: body });
  });
}

test("an answer that was changed on its way is broken, and nothing is shown as proven", async ({ page }) => {
  await room.open(page, "watch", "record/0");
  await expect(rows(page, "holds")).toHaveCount(20);
  const again = async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  };
  await change(page, "/api/record", (body) => (body.checkpoint.note = body.checkpoint.note.replace(/\n(\d+)\n/, (_: string, n: string) => `\n${Number(n) + 1}\n`)));
  await again();
  await expect(head(page)).toHaveAttribute("data-verdict", "broken");
  await expect(page.getByRole("alert")).toContainText("not signed by the log's key");
  await expect(rows(page, "holds")).toHaveCount(0);
  await picture(page, "record-broken");
  await page.unrouteAll();
  await change(page, "/api/record", (body) => (body.checkpoint.size -= 1));
  await again();
  await expect(head(page)).toHaveAttribute("data-verdict", "broken");
  await page.unrouteAll();
  await change(page, "/api/record/entries?*", (body) => (body.entries[1].text = body.entries[1].text.replace("2", "3")));
  await again();
  await expect(rows(page, "broken")).toHaveCount(1);
  await expect(rows(page, "holds")).toHaveCount(19);
  await page.unrouteAll();
  await change(page, "/api/record/entries?*", (body) => {
    body.entries[2].text = null;
    body.entries[2].leaf = body.entries[3].leaf;
  });
  await again();
  await expect(rows(page, "broken")).toHaveCount(1);
  await page.unrouteAll();
  await change(page, "/api/record/proof?*", (body) => body.hashes.reverse());
  await again();
  await expect(rows(page, "broken")).toHaveCount(20);
  await expect(rows(page, "holds")).toHaveCount(0);
});

test("a record that is another than this browser saw is broken: key, length, history", async ({ page }) => {
  await room.open(page, "watch", "record");
  await expect(head(page)).toHaveAttribute("data-verdict", "holds");
  const said = async (words: string) => {
    await page.reload();
    await expect(head(page)).toHaveAttribute("data-verdict", "broken");
    await expect(page.getByRole("alert")).toContainText(words);
  };
  const kept = (name: string, by: string) =>
    page.evaluate(
      ([name, by]) => {
        const key = Object.keys(localStorage).find((one) => one.startsWith(name ?? "")) ?? "";
        const had = localStorage.getItem(key) ?? "";
        const seen = had.startsWith("{") ? { ...JSON.parse(had), ...JSON.parse(by ?? "") } : by;
        localStorage.setItem(key, typeof seen === "string" ? seen : JSON.stringify(seen));
        return had;
      },
      [name, by],
    );
  const before = await kept("record-seen whole", JSON.stringify({ root: "0".repeat(64) }));
  await said("Two different records");
  await kept("record-seen whole", JSON.stringify({ size: 3 }));
  await said("does not begin with what was signed before");
  await kept("record-seen whole", JSON.stringify({ size: 999_999_999 }));
  await said("has seen more");
  await kept("record-seen whole", before);
  await kept("record-key ", "somebody.example+00000000+AAAA");
  await said("another key than the first time");
});

test("the record only grew, and the reader's own key counts before the server's", async ({ page }) => {
  await room.open(page, "legal", "record");
  await expect(head(page)).toHaveAttribute("data-verdict", "holds");
  const key = await page.evaluate(() => Object.entries(localStorage).find(([name]) => name.startsWith("record-key "))?.[1] ?? "");
  const headers = { Authorization: `Bearer ${room.token("legal")}`, "Idempotency-Key": "grew-in-a-test" };
  const told = await page.request.post(`${room.address}/api/clock-faults`, { headers, data: { from: 0, to: 0 } });
  expect(told.status()).toBe(201);
  await page.reload();
  await expect(page.getByText("It only grew since")).toBeVisible();
  await page.getByText("Check with a key that you have from elsewhere").click();
  await page.getByLabel("The log's key").fill("nonsense");
  await page.getByRole("button", { name: "Use this key" }).click();
  await expect(page.getByRole("alert")).toContainText("no key of a log");
  await page.getByLabel("The log's key").fill(key);
  await page.getByRole("button", { name: "Use this key" }).click();
  await expect(page.getByText("The key that you gave.")).toBeVisible();
});

test("a liaison sees no entry that no witness has seen", async ({ page }) => {
  await room.open(page, "hnc", "record");
  await expect(page.getByText("Nothing that you may see is signed yet.").first()).toBeVisible();
  await expect(page.locator(".record-entries")).toHaveCount(0);
  await sound(page, "record of a liaison");
});

test("rival tallies stand side by side, each with its own definition, by light and by dark", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("theme", "dark"));
  await room.open(page, "legal", "bulletins?as_of=2016-05-04T12:00:00Z");
  const rivals = page.locator("section", { has: page.getByRole("heading", { name: "Rival tallies side by side" }) });
  await expect(rivals.locator("tbody tr").first()).toBeVisible({ timeout: 30_000 });
  await sound(page, "rivals");
  await picture(page, "rivals-dark");
});

test("which witness lags, since when and why, stands on the record in three languages", async ({ browser }) => {
  test.setTimeout(240_000);
  const made = room.run("witness", "init", "--at", join(room.folder, "away"), "--name", "witness.example/away", "--format", "json");
  const { key } = JSON.parse(made) as { key: string };
  await room.kill();
  // Nobody answers there.
  room.more = ["--ask-witness", `http://127.0.0.1:9=${key}`];
  await room.start();
  const ask = async () => {
    const told = await fetch(`${room.address}/api/record`, { headers: { Authorization: `Bearer ${room.token("watch")}` } });
    return ((await told.json()) as { asked: { failures: number }[] }).asked[0]?.failures ?? 0;
  };
  await expect.poll(ask, { timeout: 30_000 }).toBeGreaterThan(0);
  for (const [lang, never, lags] of [
    ["en", "has cosigned nothing yet", "Lags since"],
    ["ar", "لم يوقّع على شيء بعد", "متأخر منذ"],
    ["ru", "ещё ничего не заверил", "Отстаёт с"],
  ] as [Lang, string, string][]) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await room.open(page, "watch", "record", lang);
    const away = page.locator('[data-witness="witness.example/away"]');
    await expect(away).toHaveAttribute("data-lags", "true", { timeout: 30_000 });
    await expect(away).toContainText(never);
    await expect(away).toContainText(lags);
    await sound(page, "record");
    await picture(page, `record-asked-${lang}`);
    await context.close();
  }
});
