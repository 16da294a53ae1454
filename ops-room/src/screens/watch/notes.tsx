// Handover notes in the record: the last one stands open, and who comes on takes it over; earlier ones below. Only the desk's own people are shown any.
import { useRef, useState } from "preact/hooks";
import { api, key, refusal } from "../../api/client.ts";
import type { Looked } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import type { Schemas } from "../../shell/names.ts";
import { number, of } from "../../words/index.ts";

const w = of("watch");
export type Notes = Schemas["Handovers"];
type Note = Schemas["Handover"];

function Hand({ says, of: hand }: { says: string; of: Schemas["HandoverHand"] }) {
  return (
    <span>
      {w(says, { when: hand.at ? moment(hand.at) : "–", entry: number(hand.entry) })} <b dir="auto">{hand.by ?? w("name-destroyed")}</b>
    </span>
  );
}

function Take({ note, took }: { note: Note; took: (note: Note) => void }) {
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const once = useRef(key());
  const take = async () => {
    setBusy(true);
    setFault("");
    const params = { header: { "Idempotency-Key": once.current }, path: { id: String(note.signed.entry) } };
    const sent = api.POST("/api/handovers/{id}/takeover", { body: { digest: note.digest }, params });
    const { data, error } = await sent.catch((error: unknown) => ({ data: undefined, error }));
    setBusy(false);
    if (data) took(data);
    else setFault(refusal(error));
  };
  return (
    <>
      {fault && <p role="alert">{fault}</p>}
      <button type="button" class="chief" disabled={busy} onClick={() => void take()}>
        {w("take-over")}
      </button>
    </>
  );
}

function One({ note, open, took }: { note: Note; open: boolean; took: (note: Note) => void }) {
  return (
    <li data-note={note.signed.entry} data-taken={note.taken ? "true" : "false"}>
      <details open={open}>
        <summary>
          {note.since && note.until ? w("note-span", { from: moment(note.since), until: moment(note.until) }) : w("note-destroyed")}
          {!note.taken && <span class="badge"> {w("not-taken")}</span>}
        </summary>
        <p class="aside">
          <Hand says="signed-by" of={note.signed} />
          {note.taken && (
            <>
              {" · "}
              <Hand says="taken-by" of={note.taken} />
            </>
          )}
        </p>
        {note.words !== null && (
          <pre class="note" dir="auto" tabIndex={0} aria-label={w("note")}>
            {note.words}
          </pre>
        )}
        {note.why_not === null && <Take note={note} took={took} />}
      </details>
    </li>
  );
}

export function Handovers({ of: looked }: { of: Looked<Notes> }) {
  // What was just taken over stands so at once; the next look says the same.
  const [taken, setTaken] = useState<ReadonlyMap<number, Note>>(new Map());
  const took = (note: Note) => setTaken((had) => new Map(had).set(note.signed.entry, note));
  // Whose role reads none is shown none.
  if (looked.status === 403) return null;
  const all = (looked.value?.handovers ?? []).map((one) => taken.get(one.signed.entry) ?? one);
  return (
    <section class="sheet" aria-labelledby="notes-title" id="notes">
      <h2 id="notes-title">{w("notes-title", { n: all.filter((one) => !one.taken).length })}</h2>
      {looked.fault && <p role="alert">{looked.fault}</p>}
      {looked.value && all.length === 0 && <p class="aside">{w("notes-none")}</p>}
      <ul class="plain notes">
        {all.map((one, n) => (
          <One key={one.signed.entry} note={one} open={n === 0} took={took} />
        ))}
      </ul>
      {looked.value?.next && <p class="aside">{w("notes-more", { command: "truceline handover list" })}</p>}
    </section>
  );
}
