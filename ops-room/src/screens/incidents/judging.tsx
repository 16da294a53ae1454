// Words of the agreement that only people answer: what was answered here and of other incidents before, and an answer by who may give one. An earlier answer
// is shown beside the question and never applied.
import { useEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../../shell/keys.tsx";
import { moment } from "../../shell/moment.ts";
import { asOf, to } from "../../shell/route.ts";
import { sent, whole } from "./deciding.ts";
import { Id, type Schemas, w, Words } from "./parts.tsx";

type Incident = Schemas["Incident"];
type Word = Schemas["OpenWord"];

function Answered({ of: one }: { of: Schemas["WordAnswer"] }) {
  return (
    <>
      <b>{w(`answer-${one.answer}`)}</b>{" "}
      <span class="aside">
        {w("entry")} <Id>{one.entry}</Id> · {moment(one.at)}
        {one.by && (
          <>
            {" · "}
            <Words>{one.by}</Words>: <span dir="auto">{one.why}</span>
          </>
        )}
      </span>
    </>
  );
}

function Precedents({ all }: { all: Schemas["WordPrecedent"][] }) {
  if (all.length === 0) return <p class="aside">{w("no-precedents")}</p>;
  return (
    <details>
      <summary>{w("precedents", { n: all.length })}</summary>
      <ul class="plain">
        {all.map((one) => (
          <li key={one.entry}>
            <a href={to("incidents", one.incident)}>
              <Words>{one.title}</Words>
            </a>
            : <Answered of={one} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function OpenWord({ incident, of: word, may, again, first }: { incident: Incident; of: Word; may: boolean; again: () => void; first: boolean }) {
  const [why, setWhy] = useState("");
  const [told, setTold] = useState("");
  const [fault, setFault] = useState("");
  const busy = useRef(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    setWhy("");
    setTold("");
    setFault("");
  }, [incident.incident]);
  useKeys(may && first ? [{ key: "w", says: w("key-open-word"), does: () => field.current?.focus() }] : []);
  const answer = async (said: "yes" | "no") => {
    if (busy.current) return;
    if (!why.trim()) {
      setFault(w("why-needed"));
      field.current?.focus();
      return;
    }
    busy.current = true;
    setTold("");
    setFault("");
    const { incident: id, receipts } = whole(incident);
    const entry = await sent({ judgement: { incident: id, judgement: word.judgement, answer: said, receipts }, why: why.trim() }, setFault);
    busy.current = false;
    if (entry === undefined) return;
    setWhy("");
    setTold(w("logged-as", { entry: String(entry) }));
    again();
  };
  return (
    <li class={word.is_open ? "sheet open-word turns" : "sheet open-word"}>
      <h3>
        <Words>{word.question}</Words>
      </h3>
      {word.is_open && <p>{w("word-turns")}</p>}
      <p>{word.answer ? <Answered of={word.answer} /> : w("unanswered")}</p>
      <Precedents all={word.precedents} />
      {may && (
        <form
          class="deciding"
          onSubmit={(event) => {
            event.preventDefault();
            // Enter in the field chooses neither answer.
          }}
        >
          <label>
            {w("why-answer")}
            <input ref={field} type="text" maxLength={500} dir="auto" value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
          </label>
          <div class="buttons" role="group" aria-label={word.question}>
            <button type="button" onClick={() => void answer("yes")}>{w("answer-yes")}</button>
            <button type="button" onClick={() => void answer("no")}>{w("answer-no")}</button>
          </div>
        </form>
      )}
      <p role="status" aria-live="polite">{told}</p>
      {fault && <p role="alert" dir="auto">{fault}</p>}
    </li>
  );
}

export function OpenWords({ of: one, again }: { of: Incident; again: () => void }) {
  if (one.open_words.length === 0) return null;
  const may = one.may_judge && asOf.value === undefined;
  // What findings turn on first.
  const all = [...one.open_words].sort((a, b) => Number(b.is_open) - Number(a.is_open));
  return (
    <section aria-labelledby="open-words">
      <h2 id="open-words">{w("open-words")}</h2>
      <p class="aside">{w("open-words-hint")}</p>
      {one.may_judge && asOf.value !== undefined && <p class="aside">{w("only-now")}</p>}
      <ul class="plain">
        {all.map((word, at) => (
          <OpenWord key={word.judgement} incident={one} of={word} may={may} again={again} first={at === 0} />
        ))}
      </ul>
    </section>
  );
}
