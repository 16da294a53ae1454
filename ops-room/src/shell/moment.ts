// Moments as people of the mission read them: in the agreement's zone, with the zone's name said, in the page's language and digits.
// A moment in an answer is RFC 3339 in UTC; nothing here computes with local days of the browser.
import { locale } from "../words/index.ts";
import { mission } from "./session.ts";

function zone(): string {
  return mission.value?.zone ?? "UTC";
}

/** Day and minute. */
export function moment(at: string): string {
  const of = new Intl.DateTimeFormat(locale(), { timeZone: zone(), dateStyle: "medium", timeStyle: "short" });
  return of.format(new Date(at));
}

/** The day alone. */
export function day(at: string): string {
  return new Intl.DateTimeFormat(locale(), { timeZone: zone(), dateStyle: "medium" }).format(new Date(at));
}

/** The minute alone. */
export function clock(at: string): string {
  return new Intl.DateTimeFormat(locale(), { timeZone: zone(), timeStyle: "short" }).format(new Date(at));
}

/** How far a moment is from another, in the largest unit that fits. */
export function apart(at: string, from: string): string {
  const seconds = Math.round((Date.parse(at) - Date.parse(from)) / 1000);
  const of = new Intl.RelativeTimeFormat(locale(), { numeric: "always" });
  const units: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return of.format(Math.trunc(seconds / size), unit);
  }
  return of.format(seconds, "second");
}
