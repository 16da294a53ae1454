// Words pasted: what they seem to say, each value lit in them, and each thing confirmed, put right or rejected by one key. Nothing is written before it is sent.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, refusal } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useKeys } from "../../shell/keys.tsx";
import { of } from "../../words/index.ts";
import { named, plain } from "./form.ts";
import { hand, type Sent } from "./queue.ts";
import { SaidBy, saidBy, type Says } from "./said.tsx";
import { carried, Progress } from "./uploaded.tsx";

type Proposal = components["schemas"]["ProposalShown"];
type Said = { said: "confirmed" | "rejected" } | { said: "corrected"; fields: Record<string, string> };
const w = of("inbox");

/** What a person can put right here, beside what the words give. */
const OWN = ["act", "weapon", "target", "when", "place", "actor", "actor_how", "killed", "wounded"];
/** Fields that have words of their own. */
const SAID = [...OWN, "area", "origin", "through", "held_by", "killed_civilian", "killed_combatant"];

export function PastedForm({ done }: { done: (sent: Sent) => void }) {
  // A file whose words are read goes with them.
  const [file, setFile] = useState(carried.value?.file);
  const [words, setWords] = useState(carried.value?.words ?? "");
  useEffect(() => {
    carried.value = null;
  }, []);
  const [read, setRead] = useState<{ of: string; nothing: string | null; proposals: Proposal[] } | null>(null);
  const [says, setSays] = useState<Says>({ who: "source", name: "", source: "" });
  const [decided, setDecided] = useState<Record<string, Said>>({});
  const [at, setAt] = useState(0);
  const [editing, setEditing] = useState<Record<string, string> | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const proposals = read?.proposals ?? [];
  const current = proposals[at];
  useEffect(() => list.current?.querySelector<HTMLElement>('[aria-current="true"]')?.focus(), [at, read]);
  const ask = async () => {
    if (!words.trim()) return;
    setBusy(true);
    setFault("");
    const answer = await api.POST("/api/proposals", { body: { words, said_by: { caller: null } } }).catch(() => undefined);
    setBusy(false);
    if (!answer?.data) return setFault(answer ? refusal(answer.error) : w("unreachable"));
    setRead({ of: words, nothing: answer.data.nothing, proposals: answer.data.proposals });
    setDecided({});
    setEditing(null);
    setAt(0);
  };
  const say = (said: Said) => {
    if (!current) return;
    setDecided((was) => ({ ...was, [current.id]: said }));
    setEditing(null);
    setAt((was) => Math.min(was + 1, proposals.length - 1));
  };
  const send = async () => {
    if (!read || busy) return;
    if (says.who === "source" && !says.source) return setFault(w("source-lacking"));
    setBusy(true);
    setFault("");
    const steps = proposals.flatMap((one) => {
      const said = decided[one.id];
      return said ? [{ proposal: one.id, ...said }] : [];
    });
    const sent = await hand({ confirmed: { words: read.of, said_by: saidBy(says), steps } }, file ? [file] : []).catch((error: unknown): Sent => ({ refused: w("not-kept", { why: String(error) }), refusals: [] }));
    setBusy(false);
    if ("refused" in sent) return setFault(sent.refused);
    setWords("");
    setFile(undefined);
    setRead(null);
    done(sent);
  };
  const correct = () => {
    if (!current) return;
    const had = Object.fromEntries(current.values.map((one) => [one.field, one.value]));
    const changed = Object.entries(editing ?? {}).filter(([field, value]) => value.trim() && plain(value) !== (had[field] ?? ""));
    if (changed.length) say({ said: "corrected", fields: Object.fromEntries(changed.map(([field, value]) => [field, plain(value)])) });
    else setEditing(null);
  };
  const edit = () => current && setEditing(Object.fromEntries([...new Set([...OWN, ...current.values.map((one) => one.field)])].filter((one) => OWN.includes(one)).map((field) => [field, current.values.find((one) => one.field === field)?.value ?? ""])));
  useKeys([
    { key: "y", says: w("key-confirm"), does: () => read && say({ said: "confirmed" }) },
    { key: "n", says: w("key-reject"), does: () => read && say({ said: "rejected" }) },
    { key: "e", says: w("key-edit"), does: edit },
    { key: "j", says: w("key-next"), does: () => setAt(Math.min(at + 1, Math.max(proposals.length - 1, 0))) },
    { key: "k", says: w("key-back"), does: () => setAt(Math.max(at - 1, 0)) },
    { key: "s", says: w("key-send"), does: () => void send() },
  ]);
  if (!read)
    return (
      <form
        class="pasted"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label class="words">
          {w("pasted-words")}
          <textarea rows={12} dir="auto" required maxLength={200_000} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
        {file && <p class="aside">{w("with-files", { n: 1 })}: <bdi>{file.name}</bdi></p>}
        {fault && <p role="alert" dir="auto">{fault}</p>}
        <button type="submit" disabled={busy}>{w("read")}</button>
      </form>
    );
  return (
    <div class="pasted">
      <div class="text sheet" dir="auto">
        <Lit text={read.of} proposals={proposals} current={current} />
      </div>
      <div class="proposals">
        <h2>{w("proposed", { n: proposals.length })}</h2>
        {proposals.length === 0 && <p>{w("nothing-proposed")}</p>}
        <ol ref={list}>
          {proposals.map((one, n) => (
            <li key={one.id} tabIndex={n === at ? 0 : -1} aria-current={n === at ? "true" : undefined} class={decided[one.id]?.said ?? "open"} onClick={() => setAt(n)}>
              <blockquote dir="auto">{one.span.words}</blockquote>
              <p class="state">{w(`state-${decided[one.id]?.said ?? "open"}`)}</p>
              <dl class="values">
                {one.values.map((value) => (
                  <div key={value.field}>
                    <dt>{w(`field-${SAID.includes(value.field) ? value.field : "other"}`, { field: value.field })}</dt>
                    <dd>{shown(value)}</dd>
                  </div>
                ))}
              </dl>
              {one.open.map((open) => (
                <p key={open} class="doubt" dir="auto">{open}</p>
              ))}
              {n === at && !editing && (
                <div class="doing">
                  <button type="button" onClick={() => say({ said: "confirmed" })}>{w("confirm")} <kbd>y</kbd></button>
                  <button type="button" onClick={() => say({ said: "rejected" })}>{w("reject")} <kbd>n</kbd></button>
                  <button type="button" onClick={edit}>{w("edit")} <kbd>e</kbd></button>
                </div>
              )}
              {n === at && editing && (
                <form
                  class="editing"
                  onSubmit={(event) => {
                    event.preventDefault();
                    correct();
                  }}
                >
                  {Object.entries(editing).map(([field, value]) => (
                    <label key={field}>
                      {w(`field-${field}`)}
                      <input value={value} maxLength={200} dir="auto" onInput={(event) => setEditing({ ...editing, [field]: event.currentTarget.value })} />
                    </label>
                  ))}
                  <button type="submit">{w("put-right")}</button>
                  <button type="button" onClick={() => setEditing(null)}>{w("cancel")}</button>
                </form>
              )}
            </li>
          ))}
        </ol>
        <SaidBy says={says} set={setSays} />
        {fault && <p role="alert" dir="auto">{fault}</p>}
        {file && <p class="aside">{w("with-files", { n: 1 })}: <bdi>{file.name}</bdi></p>}
        <Progress />
        <p class="aside">{w("undecided-hint")}</p>
        <button type="button" class="chief" disabled={busy} onClick={() => void send()}>
          {w("send-text")} <kbd>s</kbd>
        </button>{" "}
        <button type="button" onClick={() => setRead(null)}>{w("back")}</button>
      </div>
    </div>
  );
}

/** A value as people say it: by its name, a place or source in the words of the text. */
function shown(value: Proposal["values"][number]) {
  const parts = value.value.split(";").map((part) => part.trim());
  if (value.field === "actor_how") return w(`how-${value.value}`);
  if (value.field === "act" || value.field === "weapon" || value.field === "target" || value.field === "actor") {
    const family = value.field;
    return parts.map((part) => <bdi key={part}>{part === "unknown" ? w("unknown") : named(family, part)} </bdi>);
  }
  const words = value.spans.map((span) => span.words).join(" … ");
  if (!words || words === value.value) return <bdi>{value.value}</bdi>;
  return (
    <>
      <bdi>{words}</bdi> <bdi class="aside">{value.value}</bdi>
    </>
  );
}

/** The words with what each proposal rests on lit; of the one in hand, the words of its values too. */
function Lit({ text, proposals, current }: { text: string; proposals: readonly Proposal[]; current: Proposal | undefined }) {
  const edges = new Set([0, text.length]);
  const spans = current ? current.values.flatMap((value) => value.spans) : [];
  for (const one of [...proposals.map((one) => one.span), ...spans]) edges.add(one.from).add(one.to);
  const cuts = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  return (
    <>
      {cuts.slice(0, -1).map((from, n) => {
        const to = cuts[n + 1] ?? text.length;
        const within = (one: { from: number; to: number }) => one.from <= from && to <= one.to;
        const piece = text.slice(from, to);
        if (spans.some(within)) return <mark key={from} class="value">{piece}</mark>;
        if (current && within(current.span)) return <mark key={from} class="current">{piece}</mark>;
        if (proposals.some((one) => within(one.span))) return <mark key={from}>{piece}</mark>;
        return piece;
      })}
    </>
  );
}
