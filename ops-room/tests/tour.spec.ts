// The pictures of docs/tour.md, taken from the real thing; with TOUR set they are put there. A screen without a stop in the tour fails, and a stop without
// its picture.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { SCREENS } from "../src/screens/index.ts";
import { picture, sound } from "./looks.ts";
import { type Lang, Room } from "./room.ts";
import { cosign, publish, witnessed } from "./witnesses.ts";

const TOUR = join(import.meta.dirname, "../../docs/tour");
const DABBIT = "i-sohr-ad-sohr-1";
const TEXT = "قتل 3 أشخاص وأصيب 7 في قصف مدفعي على حلب في 3 أيار 2016.";

type Stop = { picture: string; in: "demo" | "published"; person?: string; lang: Lang; at: string; there: string; does?: (page: Page) => Promise<void> };
const STOPS: Stop[] = [
  { picture: "watch", in: "demo", person: "watch", lang: "en", at: "watch?as_of=2016-05-04T12:00:00Z", there: ".map[data-drawn=true][data-still=true]" },
  { picture: "watch-ar", in: "demo", person: "watch", lang: "ar", at: "watch?as_of=2016-05-04T12:00:00Z", there: ".map[data-drawn=true][data-still=true]" },
  {
    picture: "incidents",
    in: "demo",
    person: "verifier",
    lang: "en",
    at: `incidents/${DABBIT}`,
    there: ".report",
    does: async (page) => {
      await page.locator("summary", { hasText: "Why this is found so" }).first().click();
      await expect(page.locator(".explanation .tree").first()).toBeVisible();
    },
  },
  { picture: "agreement", in: "demo", person: "legal", lang: "en", at: "agreement", there: "main h2" },
  { picture: "cases", in: "demo", person: "washington", lang: "ru", at: "cases", there: ".case-card" },
  {
    picture: "inbox",
    in: "demo",
    person: "operator",
    lang: "ar",
    at: "inbox/text",
    there: ".words textarea",
    does: async (page) => {
      await page.locator(".words textarea").fill(TEXT);
      await page.locator("form.pasted button[type=submit]").click();
      await expect(page.locator("mark.value").first()).toBeVisible();
    },
  },
  { picture: "access", in: "demo", person: "aid", lang: "en", at: "access", there: "main h2" },
  { picture: "bulletins", in: "published", person: "legal", lang: "en", at: "bulletins/$entry", there: "article .state, main .state" },
  { picture: "record", in: "published", person: "watch", lang: "ru", at: "record", there: "[data-verdict=holds]" },
  // What the demo itself publishes, by witnesses that say whose they are.
  { picture: "public", in: "demo", lang: "en", at: "public/$demos", there: "article p[data-verdict=holds]" },
];

const rooms = new Map<string, Room>();
let entry = 0;
let demos = 0;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  const demo = await Room.demo("--published");
  rooms.set("demo", demo);
  const opened = await fetch(`${demo.address}/api/cases`, {
    method: "POST",
    headers: { Authorization: `Bearer ${demo.token("legal")}`, "Idempotency-Key": "the-tours-case", "Content-Type": "application/json" },
    body: JSON.stringify({ procedure: "arbitration", clause: "opposition-fire", complainant: "party:government-side", incidents: [DABBIT], respondents: ["ahrar-al-sham"], when: "2016-05-31T12:00:00Z", words: "Rockets on a hospital." }),
  });
  expect(opened.status, await opened.text()).toBe(201);
  const other = await witnessed();
  rooms.set("published", other);
  const listed = JSON.parse(demo.run("published", "--store", demo.store, "--format", "json").trim()) as { entry: number; state: string };
  expect(listed.state).toBe("published");
  demos = listed.entry;
  entry = publish(other);
  cosign(other);
});
test.afterAll(async () => {
  for (const room of rooms.values()) await room.end();
});

for (const stop of STOPS) {
  test(`the tour's picture of ${stop.picture}`, async ({ page }) => {
    const room = rooms.get(stop.in);
    if (!room) throw new Error("no room");
    const at = stop.at.replace("$entry", String(entry)).replace("$demos", String(demos));
    if (stop.person) await room.open(page, stop.person, at, stop.lang);
    else {
      await page.addInitScript((lang) => localStorage.setItem("lang", lang), stop.lang);
      await page.goto(`${room.address}/#/${at}`);
    }
    await expect(page.locator(stop.there).first()).toBeVisible({ timeout: 30_000 });
    await stop.does?.(page);
    await expect(page.locator("main .waiting")).toHaveCount(0);
    const taken = await page.screenshot(process.env["TOUR"] ? { path: join(TOUR, `${stop.picture}.png`) } : {});
    expect(taken.length).toBeGreaterThan(10_000);
    // The night shift's view of the same: full screens are where contrast is lost.
    await page.emulateMedia({ colorScheme: "dark" });
    if (!stop.does) {
      await page.reload();
      await expect(page.locator(stop.there).first()).toBeVisible({ timeout: 30_000 });
    }
    await picture(page, `${stop.picture}-dark`);
    await sound(page, `${stop.picture} in the dark`);
  });
}

test("the tour has a stop for every screen, and a picture for every stop", () => {
  mkdirSync(TOUR, { recursive: true });
  const text = readFileSync(`${TOUR}.md`, "utf8");
  for (const screen of SCREENS) expect(STOPS.some((stop) => stop.picture === screen.id), screen.id).toBe(true);
  for (const stop of STOPS) {
    expect(text).toContain(`(tour/${stop.picture}.png)`);
    expect(existsSync(join(TOUR, `${stop.picture}.png`)), stop.picture).toBe(true);
  }
  expect(readdirSync(TOUR).sort()).toEqual(STOPS.map((stop) => `${stop.picture}.png`).sort());
});
