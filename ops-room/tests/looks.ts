// What every screen has to pass: nothing that axe calls serious, and no key of a catalogue where words should be.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export async function sound(page: Page, of: string): Promise<void> {
  expect(await page.locator("main").innerText()).not.toMatch(/\b(proof|record|bulletins|public|shell)\.[a-z]+(-[a-z]+)*\b|undefined|NaN/);
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(serious.map((one) => `${of} ${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

/** A picture to be looked at, where somebody asked for pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["PICTURES"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
