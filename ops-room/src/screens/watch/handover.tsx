// The handover note: drafted from what the record gives, edited by who goes off shift, printed or saved. It is no entry of the record, and says so.
import { useEffect, useRef, useState } from "preact/hooks";
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

type Props = { watch: Watch; cases: readonly CaseDue[]; changes: ChangesOf; end: () => void };

export function Handover({ watch, cases, changes, end }: Props) {
  // Drafted once: what comes while somebody writes must not change what they write.
  const [note, setNote] = useState(() => draft(watch, cases, changes));
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
  return (
    <dialog ref={dialog} class="handover" aria-labelledby="handover-title" onClose={end}>
      <h2 id="handover-title">{w("handover")}</h2>
      <p class="aside">{w("handover-hint")}</p>
      <label>
        {w("note")}
        <textarea dir="auto" rows={22} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <pre class="printed" dir="auto">
        {note}
      </pre>
      <div class="row">
        <button type="button" class="chief" onClick={() => print()}>
          {w("print")}
        </button>
        <button type="button" onClick={save}>
          {w("save")}
        </button>
        <button type="button" onClick={() => setNote(draft(watch, cases, changes))}>
          {w("draft-again")}
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          {w("close")}
        </button>
      </div>
    </dialog>
  );
}
