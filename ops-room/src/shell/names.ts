// Names of what the mission names (actors, sources, clauses, readings), in the page's language; and texts that came in several.
import type { components } from "../api/schema.d.ts";
import { lang } from "../words/index.ts";
import { mission } from "./session.ts";

export type Schemas = components["schemas"];
export type Texts = Record<string, string>;

type Whole = Schemas["Mission"];
const whole = () => mission.value as unknown as Whole | null;
let indexed: { of: Whole; by: Map<string, Texts> } | undefined;

function names(): Map<string, Texts> {
  const now = whole();
  if (!now) return new Map();
  if (indexed?.of !== now) {
    const by = new Map<string, Texts>();
    for (const one of now.actors) by.set(`actor/${one.id}`, one.names);
    for (const one of now.sources) by.set(`source/${one.id}`, one.names);
    for (const one of now.clauses) by.set(`clause/${one.id}`, one.title);
    for (const one of now.readings) by.set(`reading/${one.id}`, one.name);
    indexed = { of: now, by };
  }
  return indexed.by;
}

/** A text in the page's language, else in English, else in any. */
export function text(texts: Texts | null | undefined): string {
  if (!texts) return "";
  return texts[lang.value] ?? texts["en"] ?? Object.values(texts)[0] ?? "";
}

/** The language that `text` took. */
export function langOf(texts: Texts | null | undefined): string | undefined {
  if (!texts) return undefined;
  if (texts[lang.value]) return undefined;
  return texts["en"] ? "en" : Object.keys(texts)[0];
}

function named(kind: string, id: string): string {
  return text(names().get(`${kind}/${id}`)) || id;
}

export const actorName = (id: string): string => named("actor", id);
export const sourceName = (id: string): string => named("source", id);
export const clauseName = (id: string): string => named("clause", id);
export const readingName = (id: string): string => named("reading", id);

/** Moments that the mission names. */
export function moments(): { at: string; name: Texts }[] {
  return whole()?.moments ?? [];
}

/** The mission's own now, as it was when the screen was opened. */
export function missionNow(): string | undefined {
  return whole()?.now;
}
