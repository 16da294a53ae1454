// What a decision says to the server: the reports that stood on either side as the person saw them.
import { api, key, refusal } from "../../api/client.ts";
import { type Schemas, w } from "./parts.tsx";

type Incident = Schemas["Incident"];
type Side = Schemas["DecidedSide"];
export type Decision = Schemas["Decision"];
/** A link that was made, or one that was not. */
export type Linked = { made: Schemas["IncidentLink"] } | { considered: Schemas["LinkConsidered"] };

export function whole(one: Incident): Side {
  return { incident: one.incident, receipts: one.links.map((link) => link.receipt) };
}

/** A report with all that was linked through it. */
function through(one: Incident, receipt: number): number[] {
  const found = new Set([receipt]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const link of one.links) {
      if (link.receipt !== link.to && found.has(link.to) && !found.has(link.receipt)) {
        found.add(link.receipt);
        grew = true;
      }
    }
  }
  return [...found];
}

export function accepted(one: Incident, linked: Linked, why: string): Decision {
  if ("considered" in linked) {
    const { incident, receipts } = linked.considered.other;
    return { merge: { a: whole(one), b: { incident, receipts } }, why };
  }
  const { receipt, to } = linked.made;
  const side = (n: number) => ({ incident: one.incident, receipts: [n] });
  return { accept: { a: side(receipt), b: side(to) }, why };
}

export function rejected(one: Incident, linked: Linked, why: string): Decision {
  if ("considered" in linked) {
    const { receipt, to } = linked.considered;
    return { reject: { incident: one.incident, receipts: [receipt], kept: [to] }, why };
  }
  return parted(one, through(one, linked.made.receipt), why);
}

export function parted(one: Incident, leaving: readonly number[], why: string): Decision {
  const kept = whole(one).receipts.filter((receipt) => !leaving.includes(receipt));
  return { split: { incident: one.incident, receipts: [...leaving], kept }, why };
}

/** Sends a decision until it is answered; `says` is told meanwhile what is in the way. */
export async function sent(decision: Decision, says: (fault: string) => void): Promise<number | undefined> {
  // One key for one decision: sent again after a broken line, it is logged once.
  const headers = { "Idempotency-Key": key() };
  for (let tries = 0; tries < 3; tries++) {
    const answer = await api.POST("/api/decisions", { params: { header: headers }, body: decision }).catch(() => undefined);
    if (answer?.data) {
      says("");
      return answer.data.entry;
    }
    says(answer ? refusal(answer.error) : w("no-line"));
    if (answer && answer.response.status !== 503) return undefined;
    await new Promise((done) => setTimeout(done, 1_000));
  }
  return undefined;
}

/** The last decision on the incident that still holds, an answer to an open word apart: it is changed by another answer. */
export function lastOf(one: Incident): number | undefined {
  return one.decisions.findLast((decision) => decision.holds && decision.what !== "judgement")?.entry;
}
