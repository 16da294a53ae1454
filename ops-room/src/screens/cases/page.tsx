// One case before one person: whole, as a party may see it, or where it stands; the server decides which. What can be done in it stands first.
import type { ComponentChildren } from "preact";
import { api } from "../../api/client.ts";
import { apart, moment } from "../../shell/moment.ts";
import { asOf, to } from "../../shell/route.ts";
import { lang } from "../../words/index.ts";
import { given, useAsked } from "../incidents/asking.ts";
import { Id, List, Words } from "../incidents/parts.tsx";
import { Offered } from "./acting.tsx";
import { actor, clause, complainant, gravity, procedure, type Schemas, stage, w } from "./names.ts";
import { PartyPage } from "./party.tsx";

type Whole = Schemas["WholeCase"];

export function Section({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** Somebody's words; as text and nothing else. */
export function Said({ words }: { words: string | null }) {
  return words === null ? <span class="aside">{w("no-words")}</span> : <span class="said" dir="auto">{words}</span>;
}

export function Answers({ of: stance }: { of: Schemas["Stance"] }) {
  return (
    <dl class="facts">
      <dt>{w("happened")}</dt>
      <dd>{w(`answer-${stance.happened}`)}</dd>
      <dt>{w("who-did")}</dt>
      <dd>{stance.who.length === 0 ? w("not-established") : <List all={stance.who.map((one) => <Words>{actor(one)}</Words>)} />}</dd>
      <dt>{w("prohibited")}</dt>
      <dd>{w(`answer-${stance.prohibited}`)}</dd>
      {stance.gravity && (
        <>
          <dt>{w("how-grave")}</dt>
          <dd>
            <Words>{gravity(stance.gravity)}</Words>
          </dd>
        </>
      )}
    </dl>
  );
}

function Dossier({ id }: { id: string }) {
  const query = new URLSearchParams({ lang: lang.value, ...(asOf.value ? { as_of: asOf.value } : {}) });
  const at = `/api/cases/${encodeURIComponent(id)}/dossier/page?${query}`;
  return (
    <>
      <a class="button" href={at} target="_blank" rel="noreferrer">
        {w("dossier")}
      </a>{" "}
      <a class="button" href={`${at}&form=pdf`} target="_blank" rel="noreferrer" type="application/pdf">
        {w("dossier-pdf")}
      </a>
    </>
  );
}

function Head({ of: one }: { of: Whole }) {
  return (
    <>
      <p>
        {one.since ? (
          w("opened-by-terms", { moment: moment(one.opened), since: moment(one.since) })
        ) : (
          <>
            {w("opened", { moment: moment(one.opened) })} <Words>{one.opened_by}</Words>
          </>
        )}{" "}
        · {w("complainant")}{" "}
        <List all={one.complainants.map((who) => <Words>{complainant(who)}</Words>)} />
      </p>
      <p>
        {w("respondent")}:{" "}
        {one.respondents.length === 0 ? w("not-yet-named") : <List all={one.respondents.map((who) => <Words>{actor(who)}</Words>)} />}
        {!one.is_named && one.respondents.length > 1 && <span class="aside"> {w("one-of-them")}</span>}
      </p>
      <blockquote class="said" dir="auto">
        {one.words ?? w("no-words")}
      </blockquote>
      <p>
        {w("incidents")}:{" "}
        <List
          all={one.incidents.map((id) => (
            <a href={to("incidents", id)}>
              <Id>{id}</Id>
            </a>
          ))}
        />
        {one.rests_on.length > 0 && (
          <>
            {" · "}
            {w("rests-on")}{" "}
            <List
              all={one.rests_on.map((id) => (
                <a href={to("cases", id)}>
                  <Id>{id}</Id>
                </a>
              ))}
            />
          </>
        )}
      </p>
    </>
  );
}

function Waits({ of: one }: { of: Whole }) {
  const awaited = one.awaited;
  return (
    <p class={awaited?.is_overdue ? "overdue stands" : "stands"}>
      <b>
        <Words>{stage(one.procedure, one.stands)}</Words>
      </b>
      {awaited ? (
        <>
          {" · "}
          {w("must-act", { who: awaited.who.map(actor).join(w("comma")) })} · {awaited.is_overdue ? w("overdue") : w("due")}{" "}
          {moment(awaited.due)} · {w("silence-leads-to")} <Words>{stage(one.procedure, awaited.silence)}</Words>
        </>
      ) : (
        <> · {w("has-ended")}</>
      )}
    </p>
  );
}

function Clocks({ of: one }: { of: Whole }) {
  return (
    <Section id="clocks" title={w("clocks")}>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="clocks">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{w("step")}</th>
              <th scope="col">{w("started")}</th>
              <th scope="col">{w("due")}</th>
              <th scope="col">{w("stopped")}</th>
            </tr>
          </thead>
          <tbody>
            {one.clocks.map((clock) => (
              <tr key={`${clock.step}${clock.started}`} class={clock.is_overdue ? "overdue" : undefined}>
                <th scope="row">
                  <Words>{stage(one.procedure, clock.step)}</Words>
                </th>
                <td>
                  {moment(clock.started)}
                  {clock.begun_by && (
                    <>
                      <br />
                      {w("begun-by")} <Words>{stage(one.procedure, clock.begun_by.lapse_of)}</Words>
                      {" · "}
                      {clock.begun_by.told === null ? w("not-told") : <Id>{clock.begun_by.told}</Id>}
                    </>
                  )}
                </td>
                <td>
                  {moment(clock.due)}
                  {clock.extended && (
                    <span class="aside">
                      {" "}
                      {w("extended-from", { moment: moment(clock.extended.before) })} <Id>{clock.extended.entry}</Id>
                    </span>
                  )}
                </td>
                <td>
                  {clock.stopped ? (
                    <>
                      {w(`stopped-${clock.stopped.why}`)} {moment(clock.stopped.at)}
                    </>
                  ) : clock.is_overdue ? (
                    w("overdue")
                  ) : (
                    w("runs")
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Done({ of: one }: { of: Whole }) {
  return (
    <Section id="done" title={w("what-was-done")}>
      <ol class="plain done">
        {one.done.map((act) => (
          <li key={act.entry} class="sheet">
            <p>
              <b>
                <Words>{stage(one.procedure, act.step)}</Words>
              </b>{" "}
              · <Words>{actor(act.for)}</Words> (<Words>{act.by}</Words>) · {moment(act.at)} · <Id>{act.entry}</Id>
              {act.then && (
                <>
                  {" → "}
                  <Words>{stage(one.procedure, act.then)}</Words>
                </>
              )}
            </p>
            {act.stance && <Answers of={act.stance} />}
            <Said words={act.words} />
          </li>
        ))}
      </ol>
      {one.means.length > 0 && (
        <>
          <h3>{w("means")}</h3>
          <ul class="plain">
            {one.means.map((means) => (
              <li key={means.entry}>
                <Words>{actor(means.by)}</Words> · {moment(means.at)} · <Id>{means.entry}</Id>: <Said words={means.words} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function Determined({ of: one }: { of: Whole }) {
  if (one.determinations.length === 0) return null;
  return (
    <Section id="determined" title={w("determined")}>
      {one.determinations.map((determination) => (
        <div key={determination.entry} class="sheet">
          <p>
            <b>{w(`kind-${determination.kind}`)}</b> · <List all={determination.by.map((who) => <Words>{actor(who)}</Words>)} /> ·{" "}
            {moment(determination.at)} · <Id>{determination.entry}</Id>
          </p>
          <Answers of={determination.stance} />
          {one.dissents
            .filter((dissent) => dissent.of === determination.entry)
            .map((dissent) => (
              <p key={dissent.entry}>
                <b>{w("dissent")}</b> <Words>{actor(dissent.by)}</Words>: <Said words={dissent.words} />
              </p>
            ))}
        </div>
      ))}
    </Section>
  );
}

function Evidence({ of: one }: { of: Whole }) {
  const sides = [...new Set(one.evidence.map((item) => item.side))];
  return (
    <Section id="evidence" title={w("evidence")}>
      {sides.length === 0 && <p class="aside">{w("no-evidence")}</p>}
      <div class="board">
        {sides.map((side) => (
          <section key={side} aria-label={actor(side)}>
            <h3>
              <Words>{actor(side)}</Words>
            </h3>
            <ul class="plain">
              {one.evidence
                .filter((item) => item.side === side)
                .map((item) => (
                  <li key={item.entry} class="sheet">
                    <Id>{item.entry}</Id> · {moment(item.at)} · <Words>{item.by}</Words>
                    {item.receipt && (
                      <>
                        {" · "}
                        <Id>{item.receipt}</Id>
                      </>
                    )}
                    {item.is_sealed && <b> · {w("sealed")}</b>}
                    <p>{item.is_withheld ? <span class="aside">{w("withheld")}</span> : <Said words={item.words} />}</p>
                    {item.disclosed.length > 0 && (
                      <p class="aside">
                        {w("disclosed-to")} <List all={item.disclosed.map((to) => <Words>{actor(to.to)}</Words>)} />
                      </p>
                    )}
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Section>
  );
}

function Promised({ of: one }: { of: Whole }) {
  if (one.undertakings.length === 0) return null;
  return (
    <Section id="undertakings" title={w("promised")}>
      <ul class="plain">
        {one.undertakings.map((promise) => (
          <li key={promise.entry} class={promise.is_overdue ? "overdue" : undefined}>
            <b>{w(promise.is_remedy ? "remedy" : "undertaking")}</b> <List all={promise.by.map((who) => <Words>{actor(who)}</Words>)} /> ·{" "}
            {w("due")} {moment(promise.due)} · {promise.kept ? w(promise.kept.kept ? "kept" : "not-kept") : w("not-followed-up")}:{" "}
            <Said words={promise.words} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Course({ of: one }: { of: Whole }) {
  return (
    <Section id="course" title={w("course")}>
      <ol class="plain course">
        {one.trail.map((way) => (
          <li key={`${way.at}${way.to}${way.entry}`}>
            {moment(way.at)} · {w(`way-${way.way}`)} → <Words>{stage(one.procedure, way.to)}</Words>
            {way.entry !== null && (
              <>
                {" · "}
                <Id>{way.entry}</Id>
              </>
            )}
          </li>
        ))}
      </ol>
      {one.refused.length > 0 && (
        <details>
          <summary>{w("refused", { n: one.refused.length })}</summary>
          <ul class="plain">
            {one.refused.map((act) => (
              <li key={act.entry}>
                <Id>{act.entry}</Id> · {moment(act.at)} · <Words>{act.by}</Words> · <Id>{act.act}</Id>: <span dir="auto">{act.why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

function Precedents({ id }: { id: string }) {
  const query = given({ as_of: asOf.value });
  const { value } = useAsked(() => api.GET("/api/cases/{id}/precedents", { params: { path: { id }, query } }), [id, asOf.value]);
  if (!value) return null;
  return (
    <Section id="precedents" title={w("precedents")}>
      <p class="aside">
        {w("precedents-say", { alike: String(value.alike), looked: String(value.looked_at) })}
      </p>
      <ul class="plain">
        {value.shown.map((one) => (
          <li key={one.entry} class="sheet">
            {one.case && (
              <a href={to("cases", one.case)}>
                <Id>{one.case}</Id>
              </a>
            )}{" "}
            <List all={one.incidents.map((incident) => <Id>{incident}</Id>)} /> {one.judgement && <Id>{one.judgement}</Id>}{" "}
            {one.answer && w(`answer-${one.answer}`)}
            {one.determined && <Answers of={one.determined.answers as Schemas["Stance"]} />}
            <ul>
              {one.likenesses.map((like) => (
                <li key={like.of}>
                  {w(`likeness-${like.how}`)} <Id>{like.of}</Id>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function WholePage({ of: one, again }: { of: Whole; again: () => void }) {
  return (
    <>
      <Head of={one} />
      <Waits of={one} />
      <p>
        <Dossier id={one.case} />
      </p>
      <Offered id={one.case} one={one} procedure={one.procedure} again={again} />
      <Determined of={one} />
      <Done of={one} />
      <Evidence of={one} />
      <Promised of={one} />
      <Clocks of={one} />
      <Precedents id={one.case} />
      <Course of={one} />
    </>
  );
}

function OwnPage({ of: one, again }: { of: Schemas["OwnCase"]; again: () => void }) {
  return (
    <>
      <p class="stands">
        <b>
          <Words>{stage(one.procedure, one.stands)}</Words>
        </b>
        {one.awaited && (
          <>
            {" · "}
            {w("must-act", { who: one.awaited.who.map(actor).join(w("comma")) })} · {w("due")} {moment(one.awaited.due)} (
            {apart(one.awaited.due, new Date().toISOString())})
          </>
        )}
      </p>
      <p>
        {w("own-entries")} <List all={one.own_entries.map((entry) => <Id>{entry}</Id>)} />
      </p>
      <Offered id={one.case} one={undefined} procedure={one.procedure} again={again} />
    </>
  );
}

export function CasePage({ id }: { id: string }) {
  const query = given({ as_of: asOf.value });
  const asked = useAsked(() => api.GET("/api/cases/{id}", { params: { path: { id }, query } }), [id, asOf.value]);
  const one = asked.value;
  return (
    <article class="incident case">
      <p class="aside">
        <a href={to("cases")}>{w("title")}</a>
      </p>
      <h1>
        <Id>{id}</Id>{" "}
        {one && (
          <>
            <Words>{clause(one.clause)}</Words> · <Words>{procedure(one.procedure)}</Words>
          </>
        )}
      </h1>
      {asked.fault && <p role="alert">{asked.fault}</p>}
      {!one && !asked.fault && <p class="waiting">{w("loading")}</p>}
      {one?.view === "whole" && <WholePage of={one} again={asked.again} />}
      {one?.view === "party" && (
        <>
          <p>
            <Dossier id={id} />
          </p>
          <PartyPage of={one} />
          <Offered id={id} one={undefined} procedure={one.procedure} again={asked.again} />
        </>
      )}
      {one?.view === "own" && <OwnPage of={one} again={asked.again} />}
    </article>
  );
}
