// What is overdue and what is due soon, counted, on the first screen: in cases, and by the terms themselves.
import { apart, moment } from "../../shell/moment.ts";
import { actorName, clauseName, text, type Schemas } from "../../shell/names.ts";
import { to } from "../../shell/route.ts";
import { of } from "../../words/index.ts";

const w = of("watch");
/** Lines shown before it says how many more there are. */
const SHOWN = 8;

export type CaseDue = Schemas["Due"]["due"][number];
type Line = { key: string; at: string; overdue: boolean; what: string; who: string; address: string; more: string };

/** Names of who must act: `actor:x` or the mission. */
function doers(all: readonly string[]): string {
  return all.map((one) => (one === "mission" ? w("the-mission") : actorName(one.replace(/^(actor|party):/, "")))).join(", ");
}

function ofCase(one: CaseDue): Line {
  const address = to("cases", one.case);
  if (one.kind === "lapsed") {
    return { key: `${one.case}/${one.step}/${one.at}`, at: one.at, overdue: true, what: w("due-lapsed", { case: one.case, step: text(one.step_name) || one.step }), who: "", address, more: "" };
  }
  if (one.kind === "step") {
    const more = one.silence ? w("silence-leads", { to: text(one.silence_name) || one.silence }) : "";
    return { key: `${one.case}/${one.step}`, at: one.due, overdue: one.is_overdue, what: w("due-step", { case: one.case, step: text(one.step_name) || one.step }), who: doers(one.who), address, more };
  }
  const word = one.kind === "remedy" ? "due-remedy" : "due-undertaking";
  return { key: `${one.case}/${one.entry}`, at: one.due, overdue: one.is_overdue, what: w(word, { case: one.case }), who: doers(one.by), address, more: "" };
}

function ofTerms(one: Schemas["TermsDue"], n: number): Line {
  const title = one.clause ? clauseName(one.clause) : w("deadline");
  const what = one.what ? `${title}: ${text(one.what)}` : title;
  const times = one.times > 1 ? w("times", { n: one.times }) : "";
  const more = [w(`duty-${one.state}`), one.untold ? w(`untold-${one.untold}`) : "", times].filter(Boolean).join(" · ");
  const address = one.kind === "duty" ? to("access") : to("agreement");
  return { key: `terms-${n}`, at: one.at ?? "", overdue: one.is_overdue, what, who: one.respondent ? actorName(one.respondent) : "", address, more };
}

/** All of it, soonest first. */
export function dueLines(terms: readonly Schemas["TermsDue"][], cases: readonly CaseDue[]): Line[] {
  return [...cases.map(ofCase), ...terms.map(ofTerms)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function List({ all, now }: { all: Line[]; now: string }) {
  return (
    <ul class="plain due">
      {all.slice(0, SHOWN).map((one) => (
        <li key={one.key} class={one.overdue ? "overdue" : ""}>
          <a href={one.address} dir="auto">
            {one.what}
          </a>
          {one.who && (
            <>
              {" "}
              · <bdi>{one.who}</bdi>
            </>
          )}
          <br />
          <span class="aside">
            {moment(one.at)} ({apart(one.at, now)}){one.more && ` · ${one.more}`}
          </span>
        </li>
      ))}
      {all.length > SHOWN && <li class="aside">{w("more", { n: all.length - SHOWN })}</li>}
    </ul>
  );
}

type Props = { terms: readonly Schemas["TermsDue"][]; cases: readonly CaseDue[]; now: string; hours: number; fault: string };

export function Due({ terms, cases, now, hours, fault }: Props) {
  const all = dueLines(terms, cases);
  const overdue = all.filter((one) => one.overdue);
  const soon = all.filter((one) => !one.overdue);
  return (
    <section class="sheet" aria-labelledby="due-title" data-overdue={overdue.length}>
      <h2 id="due-title" class={overdue.length > 0 ? "alarm" : ""}>
        {w("overdue", { n: overdue.length })}
      </h2>
      {fault && <p role="alert">{fault}</p>}
      {overdue.length === 0 ? <p class="aside">{w("overdue-none")}</p> : <List all={overdue} now={now} />}
      <h3>{w("soon", { n: soon.length, hours })}</h3>
      {soon.length > 0 && <List all={soon} now={now} />}
    </section>
  );
}
