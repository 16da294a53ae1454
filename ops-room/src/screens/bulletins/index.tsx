// Bulletins: drafted from frozen data, their sums counted again, passed by two people, printed. What is frozen is never changed here: a draft put right is
// a new one in its place, a published one is corrected by another. Rival tallies stand side by side; nothing is reconciled.
import { useEffect, useState } from "preact/hooks";
import { api, key, refusal } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { Hash } from "../../proof/verdict.tsx";
import "../../proof/proof.css";
import { useKeys } from "../../shell/keys.tsx";
import { useHeard } from "../../shell/look.ts";
import { day, moment } from "../../shell/moment.ts";
import { address, asOf, to } from "../../shell/route.ts";
import { mission, session } from "../../shell/session.ts";
import { catalogue, lang, LANGS, number, of, OWN_NAME } from "../../words/index.ts";
import "./bulletins.css";

await catalogue("proof");
const w = of("bulletins");
const p = of("proof");
const s = of("shell");

type Schemas = components["schemas"];
type Line = Schemas["BulletinLine"];
type Whole = Schemas["Bulletin"];


function State({ of: line }: { of: Line }) {
  return <span class={`state ${line.state}`}>{w(`state-${line.state}`)}</span>;
}

function About({ of: line }: { of: Line }) {
  return (
    <>
      <State of={line} /> {line.sort ? w(`sort-${line.sort}`) : w("on-the-machine")}
      {line.needed > 0 && ` · ${w("signed-of", { signed: line.signed, needed: line.needed })}`}
      {line.corrects !== null && ` · ${w("corrects", { entry: line.corrects })}`}
      {line.corrected_by !== null && ` · ${w("corrected-by", { entry: line.corrected_by })}`}
      {line.replaces !== null && ` · ${w("replaces", { entry: line.replaces })}`}
      {line.replaced_by !== null && ` · ${w("replaced-by", { entry: line.replaced_by })}`}
    </>
  );
}

/** Asks for a draft; in the place of another, or as a correction, where one is named. */
function Draft({ corrects, replaces }: { corrects?: number; replaces?: number }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [once, setOnce] = useState(key);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget as HTMLFormElement);
    const at = String(said.get("as_of") ?? "").trim();
    setBusy(true);
    setFault("");
    const body: Schemas["BulletinDraft"] = { sort: said.get("sort") === "flash" ? "flash" : "daily" };
    if (at) body.as_of = at;
    if (corrects !== undefined) body.corrects = corrects;
    if (replaces !== undefined) body.replaces = replaces;
    const { data, error } = await api.POST("/api/bulletins", { body, params: { header: { "Idempotency-Key": once } } });
    setBusy(false);
    // What was refused may be sent otherwise; what nobody answered is sent again under the same key.
    if (data || (error as { status?: number } | undefined)?.status !== 503) setOnce(key());
    if (data) location.hash = to("bulletins", String(data.line.entry));
    else setFault(refusal(error));
  };
  let title = w("draft");
  if (corrects !== undefined) title = w("draft-corrects", { entry: corrects });
  if (replaces !== undefined) title = w("draft-replaces", { entry: replaces });
  return (
    <form class="tools sheet" onSubmit={(event) => void send(event)}>
      <label>
        {w("sort")}
        <select name="sort">
          <option value="daily">{w("sort-daily")}</option>
          <option value="flash">{w("sort-flash")}</option>
        </select>
      </label>
      <label>
        {w("as-of")}
        <input name="as_of" dir="ltr" placeholder="2016-05-04T12:00" defaultValue={asOf.value ?? ""} spellcheck={false} autocomplete="off" />
      </label>
      <button type="submit" disabled={busy}>
        {busy ? w("drafting") : title}
      </button>
      {fault && (
        <p role="alert" dir="auto">
          {fault}
        </p>
      )}
    </form>
  );
}

function Sums({ of: whole }: { of: Whole }) {
  return (
    <section aria-labelledby="sums-title">
      <h2 id="sums-title">{w("sums")}</h2>
      <p class={whole.sums_hold ? "verdict holds" : "verdict broken"} role={whole.sums_hold ? undefined : "alert"}>
        {whole.sums_hold ? w("sums-hold") : w("sums-differ")}
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{w("figure")}</th>
              <th scope="col">{w("said")}</th>
              <th scope="col">{w("counted")}</th>
            </tr>
          </thead>
          <tbody>
            {whole.sums.map((one) => (
              <tr key={one.figure} class={one.holds ? undefined : "differs"}>
                <th scope="row">{p(`figure-${one.figure}`)}</th>
                <td>{number(one.said)}</td>
                <td>{number(one.counted)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Passing({ of: whole, changed }: { of: Whole; changed: (next: Whole) => void }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [once] = useState(key);
  const { line, digest } = whole;
  const may = whole.why_not === null && digest !== null;
  const sign = async () => {
    if (!may || digest === null || busy) return;
    setBusy(true);
    setFault("");
    const params = { path: { id: String(line.entry) }, header: { "Idempotency-Key": once } };
    const { data, error } = await api.POST("/api/bulletins/{id}/sign-offs", { body: { digest }, params });
    setBusy(false);
    if (data) changed(data);
    else setFault(refusal(error));
  };
  useKeys(may ? [{ key: "p", says: w("pass"), does: () => void sign() }] : []);
  if (line.needed === 0) return <p class="aside">{w("why-needs-nobody")}</p>;
  return (
    <section class="sheet" aria-labelledby="passing-title">
      <h2 id="passing-title">{w("passing")}</h2>
      <p>{w("rule", { needed: line.needed })}</p>
      {digest !== null && (
        <p>
          {w("digest")} <Hash of={digest} />
        </p>
      )}
      <ol>
        {whole.signed.map((one) => (
          <li key={one.entry}>
            <bdi dir="auto">{one.by ?? w("somebody")}</bdi> · {s(`role-${one.role}`)} {one.at && `· ${moment(one.at)}`} · {w("in-entry", { entry: one.entry })}
          </li>
        ))}
      </ol>
      {may ? (
        <button type="button" class="chief" disabled={busy} onClick={() => void sign()}>
          {w("pass")}
        </button>
      ) : (
        <p class="aside">{w(`why-${whole.why_not ?? "passed"}`)}</p>
      )}
      {fault && (
        <p role="alert" dir="auto">
          {fault}
        </p>
      )}
    </section>
  );
}

function Witnesses({ of: whole }: { of: Whole }) {
  const { quorum } = whole;
  if (quorum.witnesses.length === 0) return <p class="aside">{p("nobody-counts")}</p>;
  return (
    <section aria-labelledby="witnesses-title">
      <h2 id="witnesses-title">{p("cosignatures")}</h2>
      <ul>
        {quorum.witnesses.map((one) => (
          <li key={one.name}>
            <bdi dir="auto">{one.name}</bdi>: {one.at ? moment(one.at) : w("not-yet")}
          </li>
        ))}
      </ul>
      <p class="aside">{w("witnesses-hint")}</p>
    </section>
  );
}

function Pages({ n }: { n: number }) {
  const at = (language: string) => `/api/bulletins/${n}/page?lang=${language}`;
  return (
    <section aria-labelledby="pages-title">
      <h2 id="pages-title">{w("pages")}</h2>
      <ul class="pages">
        {LANGS.map((language) => (
          <li key={language}>
            <a href={at(language)} target="_blank" rel="noopener" lang={language} hreflang={language}>
              {OWN_NAME[language]}
            </a>{" "}
            · <a href={`${at(language)}&form=pdf`} target="_blank" rel="noopener" type="application/pdf">
              {w("pdf", { language: OWN_NAME[language] })}
            </a>
          </li>
        ))}
      </ul>
      <p class="aside">{w("pdf-hint")}</p>
    </section>
  );
}

function One({ n, mayDraft }: { n: string; mayDraft: boolean }) {
  const [whole, setWhole] = useState<Whole>();
  const [fault, setFault] = useState("");
  useHeard(
    async (isHere) => {
      const { data, error } = await api.GET("/api/bulletins/{id}", { params: { path: { id: n } } });
      if (!isHere()) return;
      setWhole(data);
      setFault(data ? "" : refusal(error));
    },
    [n],
  );
  if (fault) return <p role="alert">{fault}</p>;
  if (!whole) return <p class="waiting">{w("loading")}</p>;
  const { line } = whole;
  const isPassed = line.state === "passed" || line.state === "published";
  return (
    <>
      <h2>{w("bulletin", { entry: line.entry, moment: moment(line.as_of) })}</h2>
      <p>
        <About of={line} />
      </p>
      <p class="aside">{w("made", { by: line.by, software: whole.software, entries: whole.entries, moment: moment(line.at) })}</p>
      <Passing of={whole} changed={setWhole} key={line.entry} />
      <Pages n={line.entry} />
      <Sums of={whole} />
      <Witnesses of={whole} />
      {mayDraft && line.sort !== null && isPassed && <Draft corrects={line.entry} />}
      {mayDraft && line.state === "draft" && line.sort !== null && <Draft replaces={line.entry} />}
    </>
  );
}

function named(all: { id: string; names: { [lang: string]: string } }[] | undefined, id: string): string {
  const one = all?.find((one) => one.id === id);
  return one?.names[lang.value] ?? one?.names["en"] ?? id;
}

function span([least, most]: number[]): string {
  return least === most ? number(least ?? 0) : `${number(least ?? 0)}–${number(most ?? 0)}`;
}

function Rivals() {
  const [rivals, setRivals] = useState<Schemas["Rivals"]>();
  const [fault, setFault] = useState("");
  const moment_ = asOf.value;
  useEffect(() => {
    let here = true;
    void api.GET("/api/rivals", { params: { query: moment_ ? { as_of: moment_ } : {} } }).then(({ data, error }) => {
      if (!here) return;
      setRivals(data);
      setFault(data ? "" : refusal(error));
    });
    return () => {
      here = false;
    };
  }, [moment_]);
  const sources = (mission.value as { sources?: { id: string; names: { [lang: string]: string } }[] } | null)?.sources;
  if (fault) return null;
  return (
    <section aria-labelledby="rivals-title">
      <h2 id="rivals-title">{w("rivals")}</h2>
      <p class="aside">{w("rivals-lead")}</p>
      {rivals?.days.length === 0 && <p>{w("rivals-none")}</p>}
      {rivals?.days.map((one) => (
        <article key={one.from} class="sheet">
          <h3>{day(one.from)}</h3>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{w("source")}</th>
                  <th scope="col">{w("counted-by")}</th>
                  <th scope="col">{w("unit")}</th>
                  <th scope="col">{w("definition")}</th>
                  <th scope="col">{w("listed")}</th>
                </tr>
              </thead>
              <tbody>
                {one.counts.map((count, at) => (
                  <tr key={`${count.source}-${at}`}>
                    <th scope="row">
                      <bdi dir="auto">{named(sources, count.source)}</bdi>
                    </th>
                    <td>{number(count.count)}</td>
                    <td>
                      <q>
                        <bdi dir="auto">{count.unit}</bdi>
                      </q>
                    </td>
                    <td>{count.definition ? <bdi>{count.definition}</bdi> : w("no-definition")}</td>
                    <td>{count.is_listed ? w("yes") : w("no")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {one.comparisons.map((pair) => (
            <p key={`${pair.one}/${pair.other}`}>
              <bdi dir="auto">{named(sources, pair.one)}</bdi> / <bdi dir="auto">{named(sources, pair.other)}</bdi>:{" "}
              {w("pair", { agreed: span(pair.agreed), one: span(pair.only_one), other: span(pair.only_other) })} {pair.is_exact ? w("exact") : w("bounds")}
            </p>
          ))}
        </article>
      ))}
    </section>
  );
}

export default function Screen() {
  const [lines, setLines] = useState<Line[]>();
  const [next, setNext] = useState<number | null>(null);
  const [mayDraft, setMayDraft] = useState(false);
  const [fault, setFault] = useState("");
  const [n] = address.value.rest;
  const look = async (before?: number) => {
    const { data, error } = await api.GET("/api/bulletins", { params: { query: before === undefined ? {} : { before } } });
    if (!data) return setFault(refusal(error));
    setFault("");
    setLines((had) => (before === undefined ? data.bulletins : [...(had ?? []), ...data.bulletins]));
    setNext(data.next);
    setMayDraft(data.may_draft);
  };
  useHeard(() => look(), []);
  const isInside = ["watch-officer", "verifier", "legal-officer", "co-chair", "source-protection-officer"].includes(session.value?.role ?? "");
  return (
    <article class="bulletins-screen">
      <h1>{w("title")}</h1>
      {fault && <p role="alert">{fault}</p>}
      {n !== undefined ? (
        <>
          <p>
            <a href={to("bulletins")}>{w("all")}</a>
          </p>
          <One key={n} n={n} mayDraft={mayDraft} />
        </>
      ) : (
        <>
          <p class="aside">{w("lead")}</p>
          {mayDraft && <Draft />}
          {!lines && !fault && <p class="waiting">{w("loading")}</p>}
          {lines?.length === 0 && <p>{w("nothing")}</p>}
          <ul class="bulletins">
            {lines?.map((line) => (
              <li key={line.entry} class="sheet">
                <a href={to("bulletins", String(line.entry))}>{w("bulletin", { entry: line.entry, moment: moment(line.as_of) })}</a>
                <p>
                  <About of={line} />
                </p>
              </li>
            ))}
          </ul>
          {next !== null && (
            <button type="button" onClick={() => void look(next)}>
              {w("more")}
            </button>
          )}
          {isInside && <Rivals />}
        </>
      )}
    </article>
  );
}
