// A case as a party may see it: what is waited for from whom, what its own silence would lead to, what it is accused of, what was disclosed to it. It is
// the party's dossier and nothing else; what the server leaves out is not guessed at.
import { day, moment } from "../../shell/moment.ts";
import { to } from "../../shell/route.ts";
import { Id, List, Words } from "../incidents/parts.tsx";
import { lang } from "../../words/index.ts";
import { actor, type Schemas, w } from "./names.ts";
import { Answers, Section } from "./page.tsx";

type Party = Schemas["PartyCase"];

function When({ of: when }: { of: Schemas["When"] }) {
  return <span>{"at" in when ? moment(when.at) : day(when.day_from)}</span>;
}

function Stage({ of: stage }: { of: Schemas["Stage"] }) {
  const name = stage.name[lang.value] ?? stage.name.en;
  return <Words>{name}</Words>;
}

function Doer({ of: doer }: { of: Schemas["NamedDoer"] }) {
  return <Words>{actor(typeof doer === "string" ? doer : doer.actor)}</Words>;
}

function Said({ of: said }: { of: Schemas["Said"] }) {
  if ("words" in said) return <span class="said" dir="auto">{said.words}</span>;
  return <span class="aside">{w(`none-${said.none}`)}</span>;
}

function Waiting({ of: one }: { of: Party }) {
  const waiting = one.waiting;
  return (
    <>
      <p class="stands">
        <b>
          <Stage of={one.stands} />
        </b>
        {!waiting && <> · {w("has-ended")}</>}
      </p>
      {waiting && (
        <p class={waiting.yours ? "overdue" : undefined}>
          {waiting.yours ? w("waits-for-your-side") : <List all={waiting.who.map((who) => <Doer of={who} />)} />} · {w("due")} <When of={waiting.due} /> ·{" "}
          {w("silence-leads-to")} <Stage of={waiting.silence} />
        </p>
      )}
      {one.due.length > 0 && (
        <Section id="your-due" title={w("your-deadlines")}>
          <ul class="plain">
            {one.due.map((line) => (
              <li key={`${line.case}${line.due}`} class={line.overdue ? "overdue" : undefined}>
                <a href={to("cases", line.case)}>
                  <Id>{line.case}</Id>
                </a>{" "}
                {line.step ? <Stage of={line.step} /> : w(line.remedy ? "remedy" : "undertaking")} · {moment(line.due)}
                {line.silence && (
                  <>
                    {" · "}
                    {w("silence-leads-to")} <Stage of={line.silence} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Findings({ of: one }: { of: Party }) {
  if (one.findings.length === 0) return null;
  return (
    <Section id="party-findings" title={w("findings")}>
      <ul class="plain">
        {one.findings.map((finding) => (
          <li key={finding.incident + finding.reading}>
            <a href={to("incidents", finding.incident)}>
              <Id>{finding.incident}</Id>
            </a>{" "}
            <Id>{finding.reading}</Id>: <span class={`outcome outcome-${finding.outcome}`}>{w(`outcome-${finding.outcome}`)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function PartyPage({ of: one }: { of: Party }) {
  return (
    <>
      <p class="aside">{w("party-view", { party: actor(one.party) })}</p>
      <Waiting of={one} />
      <Section id="allegation" title={w("allegation")}>
        <blockquote>
          <Said of={one.allegation} />
        </blockquote>
        <p>
          {w("respondent")}: <List all={one.respondents.map((who) => <Words>{actor(who)}</Words>)} />
        </p>
      </Section>
      <Findings of={one} />
      <Section id="party-acts" title={w("what-was-done")}>
        <ol class="plain done">
          {one.acts.map((act, at) => (
            <li key={act.entry ?? at} class="sheet">
              <p>
                <b>
                  <Stage of={act.step} />
                </b>{" "}
                · <Doer of={act.by.for} /> · <When of={act.when} /> {act.entry !== null && <Id>{act.entry}</Id>}
              </p>
              {act.answers && <Answers of={act.answers as Schemas["Stance"]} />}
              <Said of={act.said} />
            </li>
          ))}
        </ol>
      </Section>
      <Section id="party-evidence" title={w("evidence")}>
        {one.evidence.length === 0 && <p class="aside">{w("nothing-disclosed")}</p>}
        <ul class="plain">
          {one.evidence.map((item, at) => (
            <li key={item.entry ?? at} class="sheet">
              <Doer of={item.by.for} /> · <When of={item.when} /> {item.entry !== null && <Id>{item.entry}</Id>} <Said of={item.said} />
            </li>
          ))}
        </ul>
      </Section>
      {one.determinations.length > 0 && (
        <Section id="party-determined" title={w("determined")}>
          {one.determinations.map((determination) => (
            <div key={determination.entry} class="sheet">
              <p>
                <b>{w(`kind-${determination.kind}`)}</b> · <List all={determination.by.map((who) => <Doer of={who} />)} /> ·{" "}
                <When of={determination.when} /> · <Id>{determination.entry}</Id>
              </p>
              <Answers of={determination.answers as Schemas["Stance"]} />
              {determination.given.map((given) => (
                <p key={given.entry}>
                  <Doer of={given.by} />: <Said of={given.said} />
                </p>
              ))}
            </div>
          ))}
        </Section>
      )}
      {one.undertakings.length > 0 && (
        <Section id="party-promised" title={w("promised")}>
          <ul class="plain">
            {one.undertakings.map((promise, at) => (
              <li key={promise.entry ?? at} class={promise.overdue ? "overdue" : undefined}>
                {w(promise.remedy ? "remedy" : "undertaking")} <List all={promise.by.map((who) => <Doer of={who} />)} /> · {w("due")}{" "}
                <When of={promise.due} />: <Said of={promise.said} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section id="party-proof" title={w("proof")}>
        <p class="aside">{w("proof-says", { n: one.proof.inclusions.length, size: String(one.proof.size) })}</p>
      </Section>
    </>
  );
}
