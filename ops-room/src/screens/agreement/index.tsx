// The agreement: the text of each clause with what was found beside it, by party and by reading; where readings part; what was accepted, extended and
// laid over it in time. Shows what the server says; no count here is a determination, and the screen says so.
import { useState } from "preact/hooks";
import "./agreement.css";
import { api } from "../../api/client.ts";
import { useLook } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import { actorName, langOf, readingName, sourceName, text, type Schemas } from "../../shell/names.ts";
import { address, asOf, to } from "../../shell/route.ts";
import { lang, number, of } from "../../words/index.ts";

const w = of("agreement");
const OUTCOMES = ["prohibited", "undetermined", "not-prohibited", "not-covered"] as const;
type Terms = Schemas["Terms"];
type Clause = Schemas["ClauseText"];

/** Readings whose counts are the same share a row. */
function grouped(counts: Clause["counts"]): { readings: string[]; counts: Record<string, number> }[] {
  const rows: { readings: string[]; counts: Record<string, number> }[] = [];
  for (const [reading, by] of Object.entries(counts)) {
    const same = rows.find((row) => OUTCOMES.every((one) => (row.counts[one] ?? 0) === (by[one] ?? 0)));
    if (same) same.readings.push(reading);
    else rows.push({ readings: [reading], counts: by });
  }
  return rows;
}

function ByReading({ clause, all }: { clause: Clause; all: number }) {
  const rows = grouped(clause.counts);
  if (rows.length === 0) return <p class="aside">{w("not-judged")}</p>;
  return (
    <table class="numbers">
      <caption>{w("by-reading")}</caption>
      <thead>
        <tr>
          <th scope="col">{w("reading")}</th>
          {OUTCOMES.map((one) => (
            <th key={one} scope="col">
              {w(`out-${one}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.readings.join()}>
            <th scope="row" dir="auto">
              {row.readings.length === all && all > 1 ? w("every-reading") : row.readings.map(readingName).join(" · ")}
            </th>
            {OUTCOMES.map((one) => (
              <td key={one}>{number(row.counts[one] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ByParty({ clause }: { clause: Clause }) {
  if (clause.by_party.length === 0) return null;
  return (
    <table class="numbers">
      <caption>{w("by-party")}</caption>
      <thead>
        <tr>
          {["party", "all", "some", "undetermined", "several"].map((key) => (
            <th key={key} scope="col">
              {w(`col-${key}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {clause.by_party.map((one) => (
          <tr key={one.party}>
            <th scope="row" dir="auto">
              {actorName(one.party)}
            </th>
            <td>{number(one.prohibited_by_all)}</td>
            <td>{number(one.prohibited_by_some)}</td>
            <td>{number(one.undetermined)}</td>
            <td>{number(one.several_named)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ClauseText({ clause, readings }: { clause: Clause; readings: number }) {
  const plain = clause.plain[lang.value] ?? clause.plain["en"] ?? [];
  const says = text(clause.prose);
  return (
    <article class="clause sheet" id={`clause-${clause.id}`} aria-labelledby={`title-${clause.id}`}>
      <div class="words">
        <h3 id={`title-${clause.id}`}>
          <a href={to("agreement", clause.id)} dir="auto">
            {text(clause.title)}
          </a>
        </h3>
        <p class="aside">
          {text(clause.kind_words)}
          {clause.paragraph && (
            <>
              {" "}
              · <bdi>{text(clause.paragraph)}</bdi>
            </>
          )}
        </p>
        <blockquote lang={langOf(clause.prose)} dir="auto">
          {says.split("\n\n").map((one) => (
            <p key={one}>{one}</p>
          ))}
        </blockquote>
        {plain.length > 0 && (
          <details>
            <summary>{w("plain")}</summary>
            <ul>
              {plain.map((one) => (
                <li key={one} dir="auto">
                  {one}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <div class="margin">
        <ByParty clause={clause} />
        <ByReading clause={clause} all={readings} />
        {clause.turns_on.length > 0 && (
          <details>
            <summary>{w("turns-on")}</summary>
            <ul>
              {clause.turns_on.map((one) => (
                <li key={one.fact}>
                  <span dir="auto">{text(one.words)}</span> <span class="aside">{w(one.is_law ? "law" : "fact", { n: one.incidents })}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </article>
  );
}

function Readings({ terms }: { terms: Terms }) {
  if (terms.matters.length === 0) return null;
  const says = (matter: string, position: string | undefined) => {
    const found = terms.matters.find((one) => one.id === matter)?.positions.find((one) => one.id === position);
    return found ? text(found.says) : "–";
  };
  return (
    <section aria-labelledby="readings-title">
      <h2 id="readings-title">{w("readings")}</h2>
      <p class="aside">{w("readings-lead")}</p>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="readings-title">
        <table>
          <thead>
            <tr>
              <th scope="col">{w("reading")}</th>
              {terms.matters.map((one) => (
                <th key={one.id} scope="col" dir="auto">
                  {text(one.question)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {terms.readings.map((reading) => (
              <tr key={reading.id}>
                <th scope="row" dir="auto">
                  {text(reading.name)}
                </th>
                {terms.matters.map((one) => (
                  <td key={one.id} dir="auto">
                    {says(one.id, reading.takes[one.id])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details>
        <summary>{w("who-holds")}</summary>
        {terms.matters.map((matter) => (
          <div key={matter.id}>
            <h3 dir="auto">{text(matter.question)}</h3>
            <dl>
              {matter.positions.map((one) => (
                <div key={one.id}>
                  <dt dir="auto">{text(one.says)}</dt>
                  <dd class="aside">{one.held_by.length > 0 ? w("held-by", { who: one.held_by.map(actorName).join(" · ") }) : w("held-by-nobody")}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </details>
    </section>
  );
}

type Happened = { at: string | null | undefined; what: string; by: string; key: string };

/** What was announced, accepted, laid over and put out, in the order of time; rival accounts of one step stand one under the other. */
function course(terms: Terms): Happened[] {
  const { truce } = terms;
  const by = (ids: readonly string[]) => (ids.length > 0 ? w("says", { who: ids.map(sourceName).join(" · ") }) : "");
  const all: Happened[] = [];
  for (const one of truce.deadlines) {
    if (one.announced) all.push({ at: one.announced, what: w("announced", { what: text(one.what), due: one.due ? moment(one.due) : "" }), by: "", key: `a-${one.id}` });
    all.push({ at: one.due, what: `${text(one.what)}: ${w(`deadline-${one.state}`)}`, by: "", key: `d-${one.id}` });
  }
  for (const [n, one] of truce.acceptances.entries()) {
    const who = one.to ? w("told", { by: actorName(one.by), to: actorName(one.to) }) : actorName(one.by);
    const reserved = one.reservation ? ` · ${w("reserving", { what: text(one.reservation) })}` : "";
    all.push({ at: one.on, what: `${w(`recorded-${one.recorded}`)}: ${who}${reserved}`, by: by(one.sources), key: `c-${n}` });
  }
  const span = (window: Schemas["Window"]) => `${window.from ? moment(window.from) : "…"} – ${window.until ? moment(window.until) : "…"}`;
  for (const [n, one] of truce.steps.entries()) {
    all.push({ at: one.window.from, what: `${text(one.word)}: ${span(one.window)}`, by: by(one.sources), key: `s-${n}` });
  }
  for (const one of terms.exclusions) {
    all.push({ at: one.from, what: w("put-out", { who: actorName(one.actor) }), by: "", key: `x-${one.actor}-${one.from}` });
    if (one.until) all.push({ at: one.until, what: w("taken-back", { who: actorName(one.actor) }), by: "", key: `y-${one.actor}-${one.until}` });
  }
  return all.sort((a, b) => Date.parse(a.at ?? "") - Date.parse(b.at ?? "") || (a.at ? -1 : 1));
}

function Course({ terms }: { terms: Terms }) {
  return (
    <section aria-labelledby="course-title">
      <h2 id="course-title">{w("course")}</h2>
      <ol class="course">
        {course(terms).map((one) => (
          <li key={one.key}>
            <time>{one.at ? moment(one.at) : w("no-date")}</time> <span dir="auto">{one.what}</span> {one.by && <span class="aside">{one.by}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Calms({ terms }: { terms: Terms }) {
  const areas = useLook((signal) => api.GET("/api/map/areas", { signal }), "areas");
  if (terms.truce.calms.length === 0) return null;
  const name = (id: string) => text(areas.value?.features.find((one) => one.properties.area === id)?.properties.names) || id;
  return (
    <section aria-labelledby="calms-title">
      <h2 id="calms-title">{w("calms")}</h2>
      <div class="calms">
        {terms.truce.calms.map((calm) => (
          <article key={calm.id} class="sheet">
            <h3 dir="auto">{name(calm.area)}</h3>
            <p>
              <span class="badge">{w(`force-${calm.in_force}`)}</span> {calm.disputed && <span class="badge differ">{w("disputed")}</span>}
            </p>
            <ol class="course">
              {calm.steps.map((one, n) => (
                <li key={n} value={one.step}>
                  <b>{text(one.word)}</b>: {one.window.from ? moment(one.window.from) : "…"} – {one.window.until ? moment(one.window.until) : "…"}
                  {one.announced_hours !== null && ` · ${w("announced-hours", { n: one.announced_hours ?? 0 })}`}
                  <br />
                  <span class="aside" dir="auto">
                    {one.sources.map(sourceName).join(" · ")}
                  </span>
                </li>
              ))}
            </ol>
          </article>
        ))}
      </div>
    </section>
  );
}

function Amendments() {
  const found = useLook((signal) => api.GET("/api/terms/amendments", { params: { query: asOf.value ? { as_of: asOf.value } : {} }, signal }), asOf.value ?? "");
  const said = (by: Record<string, string[]>) => by[lang.value] ?? by["en"] ?? [];
  return (
    <section aria-labelledby="amendments-title" id="amendments">
      <h2 id="amendments-title">{w("texts", { n: found.value?.total ?? 0 })}</h2>
      {found.fault && <p role="alert">{found.fault}</p>}
      {found.value?.texts.map((one, n) => (
        <details key={one.entry} open={n === 0} data-entry={one.entry}>
          <summary>{w("text-of", { entry: number(one.entry), when: moment(one.at) })}</summary>
          {one.changes === null && <p class="aside">{w("first-text")}</p>}
          {one.changes?.length === 0 && <p class="aside">{w("no-clause-changed")}</p>}
          {one.changes?.map((change) => (
            <div key={change.clause} class="change">
              <h3>
                <span dir="auto">{text(change.title) || change.clause}</span> <span class="badge">{w(`clause-${change.what}`)}</span>
              </h3>
              {said(change.removed).map((line) => (
                <p key={line} dir="auto">
                  <span class="aside">{w("went")}</span> <del>{line}</del>
                </p>
              ))}
              {said(change.added).map((line) => (
                <p key={line} dir="auto">
                  <span class="aside">{w("came")}</span> <ins>{line}</ins>
                </p>
              ))}
            </div>
          ))}
        </details>
      ))}
    </section>
  );
}

export default function Screen() {
  const [kind, setKind] = useState("");
  const terms = useLook((signal) => api.GET("/api/terms", { params: { query: asOf.value ? { as_of: asOf.value } : {} }, signal }), asOf.value ?? "");
  if (!terms.value) {
    return (
      <>
        <h1>{w("title")}</h1>
        {terms.fault ? <p role="alert">{terms.fault}</p> : <p class="waiting">{w("looking")}</p>}
      </>
    );
  }
  const value = terms.value;
  const [one] = address.value.rest;
  const kinds = new Map(value.clauses.map((clause) => [clause.kind, clause.kind_words]));
  const shown = value.clauses.filter((clause) => (one ? clause.id === one : !kind || clause.kind === kind));
  return (
    <div class="agreement">
      <h1 dir="auto">{text(value.title)}</h1>
      <p class="aside">
        {w("known-as-of", { when: moment(value.as_of) })} {w("no-determination")} {w("not-lawful")}
      </p>
      {one && (
        <p>
          <a href={to("agreement")}>{w("all-clauses")}</a>
        </p>
      )}
      <section aria-labelledby="clauses-title">
        <h2 id="clauses-title">{w("clauses", { n: shown.length })}</h2>
        {!one && (
          <label class="pick">
            {w("kind")}
            <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
              <option value="">{w("every-kind")}</option>
              {[...kinds].map(([id, words]) => (
                <option key={id} value={id}>
                  {text(words)}
                </option>
              ))}
            </select>
          </label>
        )}
        {shown.length === 0 && <p role="status">{w("no-clause")}</p>}
        {shown.map((clause) => (
          <ClauseText key={clause.id} clause={clause} readings={value.readings.length} />
        ))}
      </section>
      {!one && (
        <>
          <Readings terms={value} />
          <Course terms={value} />
          <Calms terms={value} />
          <Amendments />
        </>
      )}
    </div>
  );
}
