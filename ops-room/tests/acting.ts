// What people do in a case at its page: a line of what is offered is opened, filled in and sent; the room's answer comes back.
import { expect, type Locator, type Page } from "@playwright/test";

/** Does what a line of what is offered says (its step in it), with words; gives what the room answers. */
export async function act(page: Page, line: string, words: string, fill: (form: Locator) => Promise<void> = async () => {}): Promise<string> {
  const told = page.locator('[aria-labelledby="offered"] > p[role]');
  const one = page.locator("details", { has: page.locator("summary", { hasText: line }) });
  await one.locator("summary").click();
  const before = await told.innerText();
  const form = one.locator("form.act");
  await fill(form);
  await form.locator("textarea").fill(words);
  await form.locator('button[type="submit"]').click();
  await expect.poll(() => told.innerText()).not.toBe(before);
  return told.innerText();
}

/** Answers to the four questions, in the form of a determination. */
export function stance(happened: string): (form: Locator) => Promise<void> {
  return async (form) => {
    await form.locator('select[name="happened"]').selectOption(happened);
    await form.locator('input[name="who"]').first().check();
    await form.locator('select[name="prohibited"]').selectOption(happened === "yes" ? "yes" : "unclear");
  };
}
