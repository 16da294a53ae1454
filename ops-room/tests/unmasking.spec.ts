// A sealed source asked for on the screen: asked with a reason, waited for, opened on the holders' machines; told in three languages to who may know, and to nobody else.
import { appendFileSync, cpSync, mkdtempSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

const shipped = join(import.meta.dirname, "../../agreements/syria-2016");
const SHOTS = process.env["SHOTS"];
const NAME = "CANARY NAME";
const keys = mkdtempSync(join(tmpdir(), "truceline-holders-"));
let room: Room;
let opener = "";

test.beforeAll(async () => {
  const folder = join(keys, "mission");
  cpSync(shipped, folder, { recursive: true });
  const program = process.env["TRUCELINE"] ?? join(process.env["CARGO_TARGET_DIR"] ?? join(import.meta.dirname, "../../target"), "debug/truceline");
  const made = (name: string) => execFileSync(program, ["seal", "init-holder", "--key", join(keys, `${name}.age`)], { encoding: "utf8" }).trim();
  const holders = ["Registrar", "Envoy", "Doctor"].map((name) => `holder "${name}" recipient="${made(name)}"`);
  appendFileSync(join(folder, "mission.kdl"), `\n${readFileSync(join(shipped, "people.kdl"), "utf8")}\n${holders.join("\n")}\nopen-by 2\n`);
  opener = made("opener");
  room = await Room.mission(folder);
});
test.afterAll(async () => room.end());

async function calm(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).include("main").analyze();
  const grave = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(grave.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)])).toEqual([]);
}

test("a source is asked for on the screen, released and opened elsewhere, and no name comes to it", async ({ browser }) => {
  test.slow();
  // Each in a browser of their own.
  const as = async (person: string, screen: string, lang: Lang = "en") => {
    const page = await (await browser.newContext()).newPage();
    await room.open(page, person, screen, lang);
    return page;
  };
  const receipt = await (await as("operator", "inbox")).evaluate(async (name) => {
    const head = { "Content-Type": "application/json", "X-Truceline": "1", "Idempotency-Key": crypto.randomUUID() };
    const body = JSON.stringify({ words: "They came at night.", said_by: { caller: name } });
    // As the screens do where the server is busy: the same again under the same key.
    for (let left = 20; ; left -= 1) {
      const answer = await fetch("/api/reports", { method: "POST", headers: head, body });
      const told = await answer.text();
      if (answer.ok) return (JSON.parse(told) as { receipt: string }).receipt;
      if (answer.status !== 503 || left === 0) throw new Error(told);
      await new Promise((done) => setTimeout(done, 500));
    }
  }, NAME);
  const page = await as("legal", `incidents/asked-for/${receipt}`);
  const form = page.locator("form.asking");
  await expect(form.locator("input").first()).toHaveValue(receipt);
  await calm(page);
  await page.keyboard.press("q");
  await expect(form.locator("input").nth(1)).toBeFocused();
  await page.keyboard.insertText("<b>She</b> may be in danger");
  await form.locator("input").nth(2).fill("age1nobody");
  await form.getByRole("button").click();
  await expect(form.getByRole("alert")).toContainText("age1");
  await form.locator("input").nth(2).fill(opener);
  await form.getByRole("button").click();
  const one = page.locator(".unmask").first();
  await expect(one).toContainText("<b>She</b> may be in danger");
  const command = await one.locator(".command").first().innerText();
  const entry = /seal pack (\d+)/.exec(command)?.[1] ?? "";
  for (const holder of ["Registrar", "Envoy"]) room.run("seal", "release", entry, "--store", room.store, "--key", join(keys, `${holder}.age`));
  await page.reload();
  await expect(page.locator(".unmask-released")).toContainText("Registrar, Envoy");
  expect(room.run("seal", "open", entry, "--store", room.store, "--key", join(keys, "opener.age"), "--by", "legal").trim()).toBe(NAME);
  for (const lang of ["en", "ar", "ru"] as Lang[]) {
    const page = await as("protection", "incidents/asked-for", lang);
    await expect(page.locator(".unmask-opened")).toContainText("legal");
    expect(await page.locator("main").innerText()).not.toMatch(/CANARY|\bincidents\.[a-z-]+\b|undefined|NaN/);
    await calm(page);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/unmask-${lang}.png`, fullPage: true });
  }
  const verifier = await as("verifier", "incidents/asked-for");
  await expect(verifier.getByRole("alert")).toContainText("asks for no sealed source");
  await expect(verifier.locator("form.asking")).toHaveCount(0);
});
