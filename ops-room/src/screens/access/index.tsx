// Access: what was promised by a time or each day, how it stands by each origin, aid on its way stage by stage, and for what a case may be opened.
// Where nobody reported it says so; no number stands for silence, and rival counts stand side by side.
import { useState } from "preact/hooks";
import "./access.css";
import { api } from "../../api/client.ts";
import { useLook } from "../../shell/look.ts";
import { apart, day, moment } from "../../shell/moment.ts";
import { actorName, clauseName, readingName, sourceName, text, type Schemas } from "../../shell/names.ts";
import { asOf, to } from "../../shell/route.ts";
import { number, of } from "../../words/index.ts";

const w = of("access");
/** Days of a quota shown at once; the last ones first. */
const DAYS = 10;
const STAGES = ["asked", "approved", "refused", "begun", "items-removed", "turned-back", "reached"];

type Access = Schemas["Access"];
type Duty = Schemas["DutyLine"];
type Range = Schemas["Range"];

function origin(id: string): string {
  return id.startsWith("protected") ? w("protected") : sourceName(id);
}

function amount(range: Range): string {
  if (range.max === null || range.max === undefined) return w("at-least", { n: range.min });
  return range.max === range.min ? number(range.min) : `${number(range.min)}–${number(range.max)}`;
}

function amounts(all: Record<string, Range>, measures: Access["measures"]): string {
  return Object.entries(all)
    .map(([id, range]) => `${text(measures[id]) || id}: ${amount(range)}`)
    .join(" · ");
}

function State({ duty }: { duty: Duty }) {
  return (
    <>
      <span class={`badge duty-${duty.state}`}>{w(`state-${duty.state}`)}</span>
      {duty.untold && <span class="aside"> {w(`untold-${duty.untold}`)}</span>}
    </>
  );
}

function Accounts({ duty, measures }: { duty: Duty; measures: Access["measures"] }) {
  const all = Object.entries(duty.accounts);
  if (all.length === 0) return <p class="aside">{duty.watched_by.length > 0 ? w("watched", { who: duty.watched_by.map(origin).join(" · ") }) : w("nobody")}</p>;
  return (
    <ul class="plain">
      {all.map(([id, account]) => (
        <li key={id}>
          <b dir="auto">{origin(id)}</b>: {account.state ? w(`state-${account.state}`) : w("leaves-open")}
          <ul class="plain">
            {account.said.map((one) => (
              <li key={one.receipt} class="aside">
                {w(`says-${one.says}`)} <bdi>{amounts(one.amounts, measures)}</bdi> · {one.when?.[0] ? moment(one.when[0]) : w("no-time")} · {w("known", { when: moment(one.known) })}
                {one.about_this === "unknown" && ` · ${w("perhaps")}`}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** What the terms say of leaving it undone; nothing where every reading says the same plain thing. */
function Undone({ duty }: { duty: Duty }) {
  const by = new Map<string, string[]>();
  for (const [reading, one] of Object.entries(duty.left_undone)) {
    const says = one.at_due === one.now ? w(`out-${one.now}`) : w("then-now", { then: w(`out-${one.at_due}`), now: w(`out-${one.now}`) });
    by.set(says, [...(by.get(says) ?? []), reading]);
  }
  if (by.size === 0) return null;
  const all = Object.keys(duty.left_undone).length;
  return (
    <p class="aside">
      {w("left-undone")}{" "}
      {[...by].map(([says, readings]) => `${says} (${readings.length === all && all > 1 ? w("every-reading") : readings.map(readingName).join(", ")})`).join(" · ")}
    </p>
  );
}

function when(duty: Duty): string {
  return duty.by ? w("by", { when: moment(duty.by) }) : duty.day?.[0] ? day(duty.day[0]) : "";
}

type Group = { key: string; first: Duty; all: Duty[] };

function groups(duties: Duty[]): Group[] {
  const by = new Map<string, Group>();
  for (const duty of duties) {
    const key = `${duty.clause}/${duty.respondent}`;
    const group = by.get(key);
    if (group) group.all.push(duty);
    else by.set(key, { key, first: duty, all: [duty] });
  }
  return [...by.values()];
}

function DutyGroup({ group, access }: { group: Group; access: Access }) {
  const [shown, setShown] = useState(DAYS);
  const { first } = group;
  const all = [...group.all].sort((a, b) => Date.parse(b.passes ?? "") - Date.parse(a.passes ?? ""));
  const count = (state: string) => all.filter((one) => one.state === state).length;
  const states = ["short", "cannot-be-told", "late", "met", "not-yet-due"].filter((state) => count(state) > 0);
  return (
    <article class="sheet" data-clause={first.clause}>
      <h3>
        <a href={to("agreement", first.clause)} dir="auto">
          {text(first.title) || clauseName(first.clause)}
        </a>
      </h3>
      <p>
        <bdi>{actorName(first.respondent)}</bdi> · <span dir="auto">{[...first.acts_words, ...first.asks].map(text).join(" · ")}</span>
      </p>
      {all.length > 1 && <p class="aside">{states.map((state) => `${w(`state-${state}`)}: ${number(count(state))}`).join(" · ")}</p>}
      <Undone duty={first} />
      <table>
        <thead>
          <tr>
            {["due", "state", "accounts"].map((key) => (
              <th key={key} scope="col">
                {w(`col-${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.slice(0, shown).map((duty) => (
            <tr key={duty.passes} data-state={duty.state}>
              <th scope="row">
                {when(duty)}
                {duty.passes && !duty.has_passed && <span class="aside"> ({apart(duty.passes, access.as_of)})</span>}
              </th>
              <td>
                <State duty={duty} />
              </td>
              <td>
                <Accounts duty={duty} measures={access.measures} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > shown && (
        <button type="button" onClick={() => setShown(shown + 30)}>
          {w("more-days", { n: all.length - shown })}
        </button>
      )}
    </article>
  );
}

function Passage({ one, access }: { one: Access["aid"][number]; access: Access }) {
  const stages = STAGES.filter((stage) => one.stages[stage]);
  return (
    <article class="sheet">
      <h3 dir="auto">{one.convoy ?? w("no-convoy")}</h3>
      {one.disputed && (
        <p>
          <span class="badge differ">{w("disputed")}</span>
        </p>
      )}
      <ol class="stages">
        {stages.map((stage) => (
          <li key={stage}>
            <b>{text(one.stage_words[stage])}</b>
            <ul class="plain">
              {(one.stages[stage] ?? []).map((said) => (
                <li key={said.receipt} class="aside">
                  <bdi>{said.item}</bdi> {said.quantity && <bdi>{said.quantity}</bdi>} <bdi>{amounts(said.amounts, access.measures)}</bdi> · {said.when?.[0] ? moment(said.when[0]) : w("no-time")} ·{" "}
                  <bdi>{origin(said.origin)}</bdi>
                  {said.actors.length > 0 && ` · ${said.actors.map(actorName).join(", ")}`}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </article>
  );
}

export default function Screen() {
  const [passages, setPassages] = useState(12);
  const looked = useLook((signal) => api.GET("/api/access", { params: { query: asOf.value ? { as_of: asOf.value } : {} }, signal }), asOf.value ?? "");
  const access = looked.value;
  if (!access) {
    return (
      <>
        <h1>{w("title")}</h1>
        {looked.fault ? <p role="alert">{looked.fault}</p> : <p class="waiting">{w("looking")}</p>}
      </>
    );
  }
  const open = access.duties.filter((one) => one.has_passed && (one.state === "short" || one.state === "cannot-be-told"));
  const ahead = access.duties.filter((one) => !one.has_passed);
  // What was spoken of last comes first.
  const aid = [...access.aid].reverse();
  return (
    <div class="access">
      <h1>{w("title")}</h1>
      <p class="aside">
        {w("known-as-of", { when: moment(access.as_of) })} {w("silence")} {access.is_whole ? "" : w("published-only")}
      </p>
      <p class="counts" data-open={open.length}>
        {w("passed-open", { n: open.length })} · {w("ahead", { n: ahead.length })} · {w("aid-count", { n: aid.length })}
      </p>
      {access.may_open.length > 0 && (
        <section class="sheet" aria-labelledby="may-title">
          <h2 id="may-title">{w("may-open", { n: access.may_open.length })}</h2>
          <ul class="plain">
            {access.may_open.map((one) => (
              <li key={`${one.procedure}/${one.clause}/${one.respondent}`}>
                <a href={to("agreement", one.clause)} dir="auto">
                  {clauseName(one.clause)}
                </a>{" "}
                · <bdi>{actorName(one.respondent)}</bdi> · {w("since", { when: moment(one.since) })}
                {one.made_good && ` · ${w("made-good")}`}
                {one.case && (
                  <>
                    {" "}
                    · <a href={to("cases", one.case)}>{w("opened", { case: one.case })}</a>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="duties-title">
        <h2 id="duties-title">{w("duties")}</h2>
        {access.duties.length === 0 && <p class="aside">{w("no-duties")}</p>}
        {access.days_left_out > 0 && <p class="aside">{w("days-left-out", { n: access.days_left_out })}</p>}
        {groups(access.duties).map((group) => (
          <DutyGroup key={group.key} group={group} access={access} />
        ))}
      </section>
      <section aria-labelledby="aid-title">
        <h2 id="aid-title">{w("aid")}</h2>
        <p class="aside">{aid.length === 0 ? w("no-aid") : w("aid-lead")}</p>
        <div class="passages">
          {aid.slice(0, passages).map((one, n) => (
            <Passage key={`${one.convoy ?? ""}/${n}`} one={one} access={access} />
          ))}
        </div>
        {aid.length > passages && (
          <button type="button" onClick={() => setPassages(passages + 24)}>
            {w("more", { n: aid.length - passages })}
          </button>
        )}
      </section>
    </div>
  );
}
