// What the parts of the watch share: shapes of answers, and when the shift began.
import type { Schemas } from "../../shell/names.ts";

export type Watch = Schemas["Watch"];
export type MapOf = Schemas["MapOf"];
export type ChangesOf = Schemas["WatchChanges"];
export type IncidentLine = Schemas["IncidentLine"];

/** When the shift began: so many hours ago, or at a moment that somebody said. */
export type Shift = { hours: number } | { at: string };
export type ShiftNow = { is: Shift; since: (now: string) => string };

const KEY = "watch-shift";
export const SHIFTS = [8, 12, 24, 72, 168] as const;

/** So many hours before, at the full hour: screens that look back ask for the same moment, and the server works it out once. */
function ago(now: string, hours: number): string {
  const hour = 3_600_000;
  return new Date(Math.floor(Date.parse(now) / hour - hours) * hour).toISOString().replace(/\.\d+Z$/, "Z");
}

function since(is: Shift): ShiftNow {
  // A moment to come (one looks back past it) is no beginning: then it is half a day, as for somebody who has said nothing.
  return { is, since: (now) => ("hours" in is ? ago(now, is.hours) : Date.parse(is.at) < Date.parse(now) ? is.at : ago(now, 12)) };
}

export function shiftFrom(): ShiftNow {
  const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (kept && typeof kept === "object") {
    if ("hours" in kept && typeof kept.hours === "number") return since({ hours: kept.hours });
    if ("at" in kept && typeof kept.at === "string") return since({ at: kept.at });
  }
  return since({ hours: 12 });
}

export function keepShift(is: Shift): ShiftNow {
  sessionStorage.setItem(KEY, JSON.stringify(is));
  return since(is);
}
