// The handover note: drafted from what the record gives, edited by who goes off shift, and signed: then it is an entry of the record, which who comes on
// takes over. It can be printed or saved as well.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, key, refusal } from "../../api/client.ts";
import { moment } from "../../shell/moment.ts";
import { sourceName, text } from "../../shell/names.ts";
import { mission, session } from "../../shell/session.ts";
import { number, of } from "../../words/index.ts";
import { caseWords, passedWords, turnWords } from "./changes.tsx";
import { dueLines, type CaseDue } from "./due.tsx";
import type { ChangesOf, Watch } from "./shared.ts";

const w = of("watch");
/** Lines of one part of the note. */
const LINES = 15;

function part(title: string, lines: string[], none: string): string {
  const shown = lines.slice(0, LINES).map((line) => `– ${line}`);
  if (lines.length > LINES) shown.push(`– ${w("more", { n: lines.length - LINES })}`);
  return [title, ...(lines.length > 0 ? shown : [none])].join("\n");
}

/** The note as it is drafted. */
export function draft(watch: Watch, cases: readonly CaseDue[], changes: ChangesOf): string {
  const due = dueLines(watch.due, cases).map((one) => `${one.overdue ? w("note-overdue") : w("note-soon")} ${moment(one.at)}: ${one.what}${one.who ? ` · ${one.who}` : ""}`);
  const areas = watch.areas.filter((one) => one.state === "collapsed" || one.state === "fraying" || one.is_unobserved);
  const areaLines = areas.map((one) => {
    const unseen = one.is_unobserved ? ` · ${one.last_look ? w("unseen-since", { when: moment(one.last_look) }) : w("never-seen")}` : "";
    return `${text(one.names) || one.area}: ${w(`state-${one.state}`)}${unseen}`;
  });
  const turned = changes.incidents.turned.map((one) => `${text(one.title)} [${one.incident}]: ${one.turned.map(turnWords).join("; ") || `${w(`sum-${one.summary_before}`)} → ${w(`sum-${one.summary}`)}`}`);
  const fresh = changes.incidents.new.map((one) => `${text(one.title)} [${one.incident}] · ${w(`sum-${one.summary}`)}`);
  const quiet = watch.quiet.map((one) => `${sourceName(one.source)}: ${w("silent", { n: one.silent_hours })}`);
  const head = [
    w("note-title", { mission: text(mission.value?.title) }),
    w("note-span", { from: moment(changes.since), until: moment(changes.as_of) }),
    w("note-by", { who: session.value?.name ?? "", entries: number(watch.entries) }),
  ];
  return [
    head.join("\n"),
    part(w("note-due", { n: due.length }), due, w("note-none")),
    part(w("note-areas", { n: areaLines.length }), areaLines, w("note-none")),
    part(w("new-incidents", { n: changes.incidents.new_count }), fresh, w("note-none")),
    part(w("turned-incidents", { n: changes.incidents.turned_count }), turned, w("note-none")),
    part(w("cases-moved", { n: changes.cases.length }), changes.cases.map(caseWords), w("note-none")),
    part(w("passed", { n: changes.passed.length }), changes.passed.map(passedWords), w("note-none")),
    part(w("quiet-title", { n: quiet.length }), quiet, w("quiet-none")),
    part(w("note-own"), [], "– "),
  ].join("\n\n");
}

type Props = { watch: Watch; cases: readonly CaseDue[]; changes: ChangesOf; maySign: boolean; end: () => void };

export function Handover({ watch, cases, changes, maySign, end }: Props) {
  // Drafted once: what comes while somebody writes must not change what they write.
  const [note, setNote] = useState(() => draft(watch, cases, changes));
  const [signed, setSigned] = useState<number | undefined>();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  // Sent again after a broken line it is the same note; changed, another.
  const once = useRef(key());
  const write = (text: string) => {
    once.current = key();
    setNote(text);
  };
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    document.documentElement.classList.add("noting");
    return () => document.documentElement.classList.remove("noting");
  }, []);
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${note}\n`], { type: "text/plain;charset=utf-8" }));
    link.download = `handover-${changes.as_of.slice(0, 16).replaceAll(":", "")}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const sign = async () => {
    setBusy(true);
    setFault("");
    const body = { words: note, since: changes.since, until: changes.as_of };
    const sent = api.POST("/api/handovers", { body, params: { header: { "Idempotency-Key": once.current } } });
    const { data, error } = await sent.catch((error: unknown) => ({ data: undefined, error }));
    setBusy(false);
    if (data) setSigned(data.signed.entry);
    else setFault(refusal(error));
  };
  return (
    <dialog ref={dialog} class="handover" aria-labelledby="handover-title" onClose={end}>
      <h2 id="handover-title">{w("handover")}</h2>
      <p class="aside">{w("handover-hint")}</p>
      <label>
        {w("note")}
        <textarea dir="auto" rows={22} value={note} readOnly={signed !== undefined} onInput={(event) => write(event.currentTarget.value)} />
      </label>
      <pre class="printed" dir="auto">
        {note}
      </pre>
      {fault && <p role="alert">{fault}</p>}
      {signed !== undefined && (
        <p role="status" class="signed">
          {w("note-signed", { entry: String(signed) })}
        </p>
      )}
      <div class="row">
        {maySign && signed === undefined && (
          <button type="button" class="chief" disabled={busy} onClick={() => void sign()}>
            {w("sign-note")}
          </button>
        )}
        <button type="button" onClick={() => print()}>
          {w("print")}
        </button>
        <button type="button" onClick={save}>
          {w("save")}
        </button>
        {signed === undefined && (
          <button type="button" onClick={() => write(draft(watch, cases, changes))}>
            {w("draft-again")}
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          {w("close")}
        </button>
      </div>
    </dialog>
  );
}
