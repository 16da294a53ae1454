// What was promised each day or by a time, on Gaza's terms: met, short, disputed and silent days, each origin beside the other; which cases may be opened is for the mission.
// The rows are our own; numbers are made up but for those that the agreement gives.
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

const THEN = "2025-02-10T12:00:00Z";
const ROWS = `id,kind,known,source,act,when,actor,amounts
q1,event,2025-02-05,ocha,delivery,2025-02-04,israel,lorries=610;fuel-lorries=55
q2,event,2025-02-06,ocha,delivery,2025-02-05,israel,lorries=480;fuel-lorries=60
q3,event,2025-02-07,ocha,delivery,2025-02-06,israel,lorries=610;fuel-lorries=55
q4,event,2025-02-07,egypt-authorities,delivery,2025-02-06,,lorries=480;fuel-lorries=55
h1,event,2025-01-20,icrc,release,2025-01-19,hamas,hostages=3
h7,event,2025-01-26,icrc,release,2025-01-25,hamas,hostages=7
`;
let room: Room;
let folder: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "truceline-access-"));
  const mission = join(folder, "mission");
  cpSync(join(import.meta.dirname, "../../agreements/gaza-2025-01"), mission, { recursive: true });
  appendFileSync(join(mission, "mission.kdl"), '\nperson "watch" role="watch-officer"\nperson "aid" role="humanitarian-officer"\n');
  room = await Room.mission(mission);
  const rows = join(folder, "rows.csv");
  writeFileSync(rows, ROWS);
  room.run("import", rows, "--store", room.store);
});
test.afterAll(async () => {
  await room.end();
  rmSync(folder, { recursive: true, force: true });
});

for (const [lang, silent] of [
  ["en", "nobody reported"],
  ["ar", "لم يبلّغ أحد"],
  ["ru", "никто не сообщал"],
] as [Lang, string][]) {
  test(`a silent day is no zero, and two who differ stand side by side, in ${lang}`, async ({ page }) => {
    await room.open(page, "watch", `access?as_of=${THEN}`, lang);
    const quota = page.locator('[data-clause="aid-lorries"]');
    await expect(quota).toBeVisible();
    await expect(quota.locator('tr[data-state="met"]')).toHaveCount(1);
    await expect(quota.locator('tr[data-state="short"]')).toHaveCount(1);
    await expect(quota.locator('tr[data-state="not-yet-due"]')).toHaveCount(1);
    const disputed = quota.locator('tr[data-state="cannot-be-told"]').filter({ hasText: "610" });
    await expect(disputed).toContainText("480");
    await expect(quota.locator('tr[data-state="cannot-be-told"]').filter({ hasNotText: "610" }).first()).toContainText(silent);
    const found = await new AxeBuilder({ page }).analyze();
    const serious = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
    expect(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    expect(await page.locator("main").innerText()).not.toMatch(/\b(access|shell)\.[a-z]+-|undefined|NaN|Invalid Date/);
    const shots = process.env["SHOTS"];
    if (shots) await page.screenshot({ path: `${shots}/access-gaza-${lang}.png`, fullPage: true });
  });
}

test("what may be opened is shown to the mission alone; what is due counts on the watch", async ({ page }) => {
  await room.open(page, "watch", `access?as_of=${THEN}`);
  const open = Number(await page.locator("[data-open]").getAttribute("data-open"));
  expect(open).toBeGreaterThan(20);
  await page.goto(`${room.address}/#/watch?as_of=${THEN}`);
  await expect(page.locator("[data-overdue] .overdue").first()).toBeVisible();
  const other = await page.context().browser()?.newPage();
  if (!other) throw new Error("no browser");
  await room.open(other, "aid", `access?as_of=2025-02-09T12:00:00Z`);
  await expect(other.locator("#duties-title")).toBeVisible();
  await expect(other.locator("#may-title")).toHaveCount(0);
  await other.close();
});
