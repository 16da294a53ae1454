// Why reports were taken for one, what was nearly linked and was not, and what people decided about it: each link accepted or rejected, incidents merged,
// one split, the last decision undone, by one key each.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, refusal } from "../../api/client.ts";
import { useKeys } from "../../shell/keys.tsx";
import { moment } from "../../shell/moment.ts";
import { asOf, to } from "../../shell/route.ts";
import { lang } from "../../words/index.ts";
import { given } from "./asking.ts";
import { accepted, type Decision, lastOf, type Linked, parted, rejected, sent, whole } from "./deciding.ts";
import { Id, List, Reasons, type Schemas, w, weight, Words } from "./parts.tsx";
import { picked } from "./sources.tsx";

type Incident = Schemas["Incident"];

/** What was weighed, open where the link is chosen. */
function Weighed({ all, isChosen }: { all: Schemas["LinkReason"][]; isChosen: boolean }) {
  if (all.length === 0) return null;
  return (
    <details open={isChosen}>
      <summary>{w("weighed")}</summary>
      <Reasons all={all} />
    </details>
  );
}

function Made({ of: link, isChosen }: { of: Schemas["IncidentLink"]; isChosen: boolean }) {
  return (
    <>
      <p>
        <Id>{`r${link.receipt}`}</Id> {w("linked-to")} <Id>{`r${link.to}`}</Id>:{" "}
        {link.by === "threshold" && w("by-threshold", { score: weight(link.score ?? 0), threshold: weight(link.threshold ?? 0) })}
        {link.by === "declared" && w("by-declared")}
        {link.by === "person" && w("by-person", { entry: String(link.entry) })}
      </p>
      <Weighed all={link.reasons} isChosen={isChosen} />
    </>
  );
}

function NotMade({ of: link, isChosen }: { of: Schemas["LinkConsidered"]; isChosen: boolean }) {
  return (
    <>
      <p>
        <Id>{`r${link.receipt}`}</Id> {w("not-linked-to")} <Id>{`r${link.to}`}</Id>{" "}
        <a href={to("incidents", link.other.incident)}>
          <Words>{link.other.title}</Words>
        </a>
        : {w(`refusal-${link.refusal}`)} ({weight(link.score)})
      </p>
      <Weighed all={link.reasons} isChosen={isChosen} />
    </>
  );
}

function History({ of: one }: { of: Incident }) {
  if (one.decisions.length === 0) return null;
  return (
    <section aria-labelledby="decisions">
      <h3 id="decisions">{w("decisions")}</h3>
      <ol class="plain decisions">
        {one.decisions.map((decision) => (
          <li key={decision.entry} class={decision.holds ? undefined : "undone"}>
            <b>{w(`decided-${decision.what}`)}</b> <Id>{decision.entry}</Id> · {moment(decision.at)}
            {decision.undoes !== null && (
              <>
                {" · "}
                {w("undoes")} <Id>{decision.undoes}</Id>
              </>
            )}
            {decision.judgement && (
              <>
                {" · "}
                <Id>{decision.judgement}</Id>: {w(`answer-${decision.answer}`)}
              </>
            )}
            {!decision.holds && <> · {w("undone")}</>}
            {decision.sides.length > 0 && (
              <span class="aside">
                {" · "}
                {decision.sides.map((side, at) => (
                  <>
                    {at > 0 && " | "}
                    <List all={side.map((receipt) => <Id>{`r${receipt}`}</Id>)} />
                  </>
                ))}
              </span>
            )}
            {decision.by && (
              <p class="aside">
                <Words>{decision.by}</Words>: <span dir="auto">{decision.why}</span>
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

const DAY = 86_400_000;

/** A moment so many milliseconds from another, where there is one. */
function around(at: string | null | undefined, by: number): string | undefined {
  return at ? new Date(Date.parse(at) + by).toISOString() : undefined;
}

/** Looks for another incident to merge with: by words, among those of the same days first. */
function MergeWith({ of: one, merge, close }: { of: Incident; merge: (other: string) => void; close: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<Schemas["ListedIncident"][]>([]);
  const [text, setText] = useState("");
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    let here = true;
    const near = text ? null : one.when;
    const query = given({ lang: lang.value, limit: 12, as_of: asOf.value, text: text || undefined, from: around(near?.from, -DAY), until: around(near?.until, DAY) });
    const later = setTimeout(() => {
      void api.GET("/api/incidents", { params: { query } }).then(({ data }) => {
        if (here) setFound((data?.incidents ?? []).filter((other) => other.incident !== one.incident));
      });
    }, 200);
    return () => {
      here = false;
      clearTimeout(later);
    };
  }, [text, one.incident]);
  return (
    <form class="merge sheet" onSubmit={(event) => event.preventDefault()} onKeyDown={(event) => event.key === "Escape" && close()}>
      <label>
        {w("merge-with")}
        <input ref={field} type="search" maxLength={60} dir="auto" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {found.length === 0 && <p class="aside">{w("none")}</p>}
      <ul class="plain">
        {found.map((other) => (
          <li key={other.incident}>
            <button type="button" onClick={() => merge(other.incident)}>
              {w("merge")}
            </button>{" "}
            <Words>{other.title}</Words> <span class="aside">{other.when && <Words>{other.when.words}</Words>}</span>
          </li>
        ))}
      </ul>
      <button type="button" onClick={close}>
        {w("close")}
      </button>
    </form>
  );
}

type Told = { said: string; entry?: number };

export function Links({ of: one, again }: { of: Incident; again: () => void }) {
  const all: Linked[] = [
    ...one.links.filter((link) => link.receipt !== link.to).map((made) => ({ made })),
    ...one.considered.map((considered) => ({ considered })),
  ];
  const [chosen, setChosen] = useState(0);
  const [why, setWhy] = useState("");
  const [told, setTold] = useState<Told>();
  const [fault, setFault] = useState("");
  const [isMerging, setMerging] = useState(false);
  const busy = useRef(false);
  const items = useRef<(HTMLLIElement | null)[]>([]);
  const may = one.may_decide && asOf.value === undefined;
  useEffect(() => {
    picked.value = new Set();
  }, [one.incident]);

  const send = async (decision: Decision) => {
    if (!may || busy.current) return;
    busy.current = true;
    setFault("");
    setTold(undefined);
    const entry = await sent(decision, setFault);
    if (entry !== undefined) {
      picked.value = new Set();
      setWhy("");
      setTold({ said: w("logged-as", { entry: String(entry) }), ..."undo" in decision ? {} : { entry } });
      again();
    }
    busy.current = false;
  };
  const says = (by: string) => why.trim() || w(by);
  const link = all[chosen];
  const accept = (linked = link) => linked && void send(accepted(one, linked, says("why-accept")));
  const reject = (linked = link) => linked && void send(rejected(one, linked, says("why-reject")));
  const split = () => picked.value.size > 0 && void send(parted(one, [...picked.value], says("why-split")));
  const last = told?.entry ?? lastOf(one);
  const undo = () => last !== undefined && void send({ undo: last, why: says("why-undo") });
  const merge = async (other: string) => {
    setMerging(false);
    const { data, error } = await api.GET("/api/incidents/{id}", { params: { path: { id: other } } });
    if (data) await send({ merge: { a: whole(one), b: whole(data) }, why: says("why-merge") });
    else setFault(refusal(error));
  };
  const move = (by: number) => {
    // The focus says which is chosen.
    items.current[Math.min(all.length - 1, Math.max(0, chosen + by))]?.focus();
  };
  useKeys(
    [
      { key: "j", says: w("key-next-link"), does: () => move(1) },
      { key: "k", says: w("key-link-before"), does: () => move(-1) },
      ...(may
        ? [
            { key: "a", says: w("key-accept"), does: () => accept() },
            { key: "r", says: w("key-reject"), does: () => reject() },
            { key: "m", says: w("key-merge"), does: () => setMerging(true) },
            { key: "s", says: w("key-split"), does: () => split() },
            { key: "u", says: w("key-undo"), does: () => undo() },
          ]
        : []),
    ],
  );
  return (
    <section aria-labelledby="links">
      <h2 id="links">{w("links")}</h2>
      {may && (
        <div class="deciding">
          <label>
            {w("why-field")}
            <input type="text" maxLength={500} dir="auto" value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
          </label>
          <div class="buttons">
            <button type="button" onClick={() => setMerging(true)}>
              {w("merge-another")} <kbd>m</kbd>
            </button>
            <button type="button" disabled={picked.value.size === 0} onClick={split}>
              {w("split", { n: picked.value.size })} <kbd>s</kbd>
            </button>
            <button type="button" disabled={last === undefined} onClick={undo}>
              {last === undefined ? w("undo") : w("undo-entry", { entry: String(last) })} <kbd>u</kbd>
            </button>
          </div>
        </div>
      )}
      {one.may_decide && asOf.value !== undefined && <p class="aside">{w("only-now")}</p>}
      <p role="status" aria-live="polite">
        {told?.said}
      </p>
      {fault && <p role="alert">{fault}</p>}
      {isMerging && <MergeWith of={one} merge={(other) => void merge(other)} close={() => setMerging(false)} />}
      {all.length === 0 && <p class="aside">{w("one-report")}</p>}
      <ol class="plain links">
        {all.map((linked, at) => (
          <li
            key={"made" in linked ? `made${linked.made.receipt}` : `not${linked.considered.receipt}-${linked.considered.to}`}
            ref={(item) => {
              items.current[at] = item;
            }}
            class={at === chosen ? "link sheet chosen" : "link sheet"}
            tabIndex={-1}
            onFocus={() => setChosen(at)}
            onClick={() => setChosen(at)}
          >
            {"made" in linked ? <Made of={linked.made} isChosen={at === chosen} /> : <NotMade of={linked.considered} isChosen={at === chosen} />}
            {may && (
              <div class="buttons">
                <button type="button" onClick={() => accept(linked)}>
                  {w("made" in linked ? "accept" : "accept-merge")} <kbd>a</kbd>
                </button>
                <button type="button" onClick={() => reject(linked)}>
                  {w("made" in linked ? "reject" : "keep-apart")} <kbd>r</kbd>
                </button>
              </div>
            )}
          </li>
        ))}
      </ol>
      <History of={one} />
    </section>
  );
}
