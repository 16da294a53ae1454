// Names of what cases speak of: clauses, actors, steps and ends, as the mission and its agreement call them. An id stands where nobody gave a name.
import { signal } from "@preact/signals";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { lang, of } from "../../words/index.ts";

export type Schemas = components["schemas"];
export const w = of("cases");

export const mission = signal<Schemas["Mission"] | undefined>(undefined);
export const procedures = signal<Schemas["Procedures"] | undefined>(undefined);

/** Asks for the names once; asked again they are fresh, for a mission that looks back moves its now. */
export async function names(): Promise<void> {
  const [one, other] = await Promise.all([api.GET("/api/mission"), api.GET("/api/procedures")]);
  if (one.data) mission.value = one.data;
  if (other.data) procedures.value = other.data;
}

function pick(texts: Record<string, string | null> | undefined): string | undefined {
  return texts?.[lang.value] ?? texts?.["en"] ?? undefined;
}

export function actor(id: string): string {
  if (id === "mission") return w("the-mission");
  if (id === "anybody") return w("anybody");
  return pick(mission.value?.actors.find((one) => one.id === id)?.names) ?? id;
}

export function clause(id: string): string {
  return pick(mission.value?.clauses.find((one) => one.id === id)?.title) ?? procedure(id);
}

export function procedure(id: string): string {
  return pick(procedures.value?.procedures.find((one) => one.id === id)?.title) ?? id;
}

/** A step or an end of a procedure. */
export function stage(of: string, id: string): string {
  const one = procedures.value?.procedures.find((one) => one.id === of);
  return pick([...(one?.steps ?? []), ...(one?.ends ?? [])].find((stage) => stage.id === id)?.name) ?? id;
}

export function gravity(id: string): string {
  return pick(procedures.value?.gravity.find((one) => one.id === id)?.name) ?? id;
}

/** `party:x`, `public`, `mission`, `threshold:persistent` in words. */
export function complainant(text: string): string {
  const [kind = "", rest = ""] = text.split(":", 2);
  if (kind === "party") return actor(rest);
  if (kind === "threshold") return w(`threshold-${rest}`);
  return rest ? `${w(`complainant-${kind}`)} (${rest})` : w(`complainant-${kind}`);
}

/** What somebody writes as a moment of the agreement's zone, as the moment that it is. */
export function zoned(local: string): string {
  const zone = mission.value?.zone ?? "UTC";
  const wall = Date.parse(`${local}Z`);
  const offset = (at: number) => {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    }).formatToParts(new Date(at));
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "00";
    return Date.parse(`${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}Z`) - at;
  };
  let at = wall - offset(wall);
  at = wall - offset(at);
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A moment as a field for it wants: the wall clock of the agreement's zone. */
export function wall(at: string): string {
  const zone = mission.value?.zone ?? "UTC";
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(new Date(at));
  return text.replace(" ", "T");
}
