// What a form offers, and what is typed into it made into what the server reads: local days and hours of the mission's zone, figures, places.
// The offer is kept on the device, so that a report can be written where there is no network; it holds the mission's public words and no report.
import { signal } from "@preact/signals";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { lang } from "../../words/index.ts";
import type { Option } from "./combo.tsx";

export type Offer = components["schemas"]["ReportForm"];
export type Named = { id: string; names: Record<string, string> };

const KEPT = "inbox-form";
export const offer = signal<Offer | null>(null);

export async function ask(): Promise<void> {
  const kept = localStorage.getItem(KEPT);
  if (kept && !offer.value) offer.value = JSON.parse(kept) as Offer;
  const answer = await api.GET("/api/report-form").catch(() => undefined);
  if (!answer?.data) return;
  offer.value = answer.data;
  localStorage.setItem(KEPT, JSON.stringify(answer.data));
}

/** Letters as they are compared: no marks, one form of alef, yeh, teh marbuta and ё. */
function folded(text: string): string {
  const bare = text.toLocaleLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return bare.replace(/[أإآٱ]/g, "ا").replace(/ى/g, "ي").replace(/ة/g, "ه").replace(/ё/g, "е");
}

/** What fits a part of a name in any language; the names that begin with it first. */
export function fitting(all: readonly Named[], words: string): Option[] {
  const typed = folded(words);
  const rank = (one: Named) => {
    const ranks = Object.values(one.names).map((name) => folded(name)).map((name) => (name.startsWith(typed) ? 0 : name.split(/\s/).some((part) => part.startsWith(typed)) ? 1 : name.includes(typed) ? 2 : 3));
    return Math.min(...ranks);
  };
  const ranked = sorted(all).map((one) => ({ one, rank: rank(one) }));
  return ranked.filter(({ rank }) => rank < 3).sort((a, b) => a.rank - b.rank).slice(0, 40).map(({ one }) => ({ id: one.id, name: name(one) }));
}

/** Places of the mission by a part of a name. */
export async function places(words: string): Promise<Option[]> {
  const answer = await api.GET("/api/places", { params: { query: { q: words.slice(0, 30) } } });
  return (answer.data?.places ?? []).map((one) => ({ id: one.id, name: name(one), ...(one.parent && { within: name(one.parent) }) }));
}

export function forgetForm(): void {
  localStorage.removeItem(KEPT);
}

export function name(one: Named): string {
  return one.names[lang.value] ?? one.names["en"] ?? one.id;
}

/** The name of a word by its id. */
export function named(family: "act" | "weapon" | "target" | "actor", id: string): string {
  const found = offer.value?.[family].find((one) => one.id === id);
  return found ? name(found) : id;
}

/** By name, in the page's language. */
export function sorted<T extends Named>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => name(a).localeCompare(name(b), lang.value));
}

/** Today where the mission is, as the mission counts: in one that looks back, the day of its own now. */
export function today(back = 0): string {
  const looked = offer.value;
  const now = looked?.looks_back ? Date.parse(looked.now) - 1000 : Date.now();
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: looked?.zone ?? "UTC", dateStyle: "short" });
  return parts.format(new Date(now - back * 86_400_000));
}

const DIGITS: Record<string, string> = Object.fromEntries([..."٠١٢٣٤٥٦٧٨٩"].map((one, at) => [one, String(at)]));
/** Arabic-Indic digits as the server reads them. */
export function plain(text: string): string {
  return text.replace(/[٠-٩]/g, (one) => DIGITS[one] ?? one).trim();
}

/** `1015`, `10:15`, `10`: an hour; `undefined` where it is none, `""` where nothing was typed. */
export function hour(typed: string): string | undefined {
  const text = plain(typed);
  if (!text) return "";
  const found = /^(\d{1,2})(?:[:.h]?(\d{2}))?$/.exec(text);
  const [hours, minutes] = [Number(found?.[1]), Number(found?.[2] ?? 0)];
  if (!found || hours > 23 || minutes > 59) return undefined;
  const two = (n: number) => String(n).padStart(2, "0");
  return found[2] === undefined ? two(hours) : `${two(hours)}:${two(minutes)}`;
}

/** Day and hour as the report file writes them; a day alone is the whole day, an hour alone the whole hour. */
export function when(day: string, hour: string): string {
  if (!day) return "";
  if (!hour) return day;
  return hour.includes(":") ? `${day}T${hour}` : `${day}T${hour}:00/${day}T${hour}:59`;
}
