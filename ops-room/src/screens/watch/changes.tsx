// What changed since the shift began: incidents that are new or come to something else, areas, cases, times that passed, who fell silent.
import type { ComponentChildren } from "preact";
import type { Looked } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import { actorName, clauseName, readingName, sourceName, text, type Schemas } from "../../shell/names.ts";
import { to } from "../../shell/route.ts";
import { of as words } from "../../words/index.ts";
import { when } from "./incidents.tsx";
import { QuietList } from "./quiet.tsx";
import { keepShift, SHIFTS, type ChangesOf, type IncidentLine, type ShiftNow } from "./shared.ts";

const w = words("watch");
const SHOWN = 6;
type Turned = ChangesOf["incidents"]["turned"][number];

function Group({ title, n, children }: { title: string; n: number; children: ComponentChildren }) {
  return (
    <div class="group" data-n={n}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Line({ one }: { one: IncidentLine }) {
  return (
    <>
      <a href={to("incidents", one.incident)} dir="auto">
        {text(one.title)}
      </a>{" "}
      <span class="aside">{when(one)}</span> <span class={`badge sum-${one.summary}`}>{w(`sum-${one.summary}`)}</span>
    </>
  );
}

function More({ all, shown }: { all: number; shown: number }) {
  return all > shown ? <li class="aside">{w("more", { n: all - shown })}</li> : null;
}

/** One finding that says something else, in a line of words. */
export function turnWords(one: Turned["turned"][number]): string {
  return w("turn", { clause: clauseName(one.clause), before: w(`out-${one.before}`), after: w(`out-${one.after}`), readings: one.readings.map(readingName).join(", ") });
}

function TurnedList({ all, n }: { all: Turned[]; n: number }) {
  return (
    <ul class="plain">
      {all.slice(0, SHOWN).map((one) => (
        <li key={one.incident}>
          <Line one={one} />
          <ul>
            {one.turned.slice(0, 3).map((turn) => (
              <li key={`${turn.clause}/${turn.before}/${turn.after}`} class="aside" dir="auto">
                {turnWords(turn)}
              </li>
            ))}
          </ul>
        </li>
      ))}
      <More all={n} shown={SHOWN} />
    </ul>
  );
}

/** What passed, in a line of words. */
export function passedWords(one: ChangesOf["passed"][number]): string {
  const title = one.clause ? clauseName(one.clause) : w("deadline");
  const who = one.respondent ? ` · ${actorName(one.respondent)}` : "";
  return `${one.at ? moment(one.at) : ""} · ${title}${one.what ? `: ${text(one.what)}` : ""}${who} · ${w(`duty-${one.state}`)}`;
}

/** Where a case stands, in a line of words. */
export function caseWords(one: ChangesOf["cases"][number]): string {
  const where = text(one.stands_name) || one.line.stands;
  const stood = text(one.stood_name) || (one.stood ?? "");
  const line = one.stood === null ? w("case-new", { case: one.line.case, stands: where }) : w("case-moved", { case: one.line.case, stood, stands: where });
  return `${line} · ${clauseName(one.line.clause)}`;
}

function Told({ of }: { of: ChangesOf }) {
  const { incidents } = of;
  const sources = Object.entries(of.reports_by_source).sort((a, b) => b[1] - a[1]);
  return (
    <div class="groups">
      <Group title={w("new-incidents", { n: incidents.new_count })} n={incidents.new_count}>
        <ul class="plain">
          {incidents.new.slice(0, SHOWN).map((one) => (
            <li key={one.incident}>
              <Line one={one} />
            </li>
          ))}
          <More all={incidents.new_count} shown={SHOWN} />
        </ul>
      </Group>
      <Group title={w("turned-incidents", { n: incidents.turned_count })} n={incidents.turned_count}>
        <TurnedList all={incidents.turned} n={incidents.turned_count} />
        {incidents.otherwise_changed > 0 && <p class="aside">{w("otherwise", { n: incidents.otherwise_changed })}</p>}
      </Group>
      <Group title={w("areas-moved", { n: of.areas.length })} n={of.areas.length}>
        <ul class="plain">
          {of.areas.map((one) => (
            <li key={one.area}>
              <bdi>{text(one.names) || one.area}</bdi>: {w(`state-${one.before}`)} → <b>{w(`state-${one.after}`)}</b>
            </li>
          ))}
        </ul>
      </Group>
      <Group title={w("cases-moved", { n: of.cases.length })} n={of.cases.length}>
        <ul class="plain">
          {of.cases.slice(0, SHOWN).map((one) => (
            <li key={one.line.case}>
              <a href={to("cases", one.line.case)} dir="auto">
                {caseWords(one)}
              </a>
            </li>
          ))}
          <More all={of.cases.length} shown={SHOWN} />
        </ul>
      </Group>
      <Group title={w("passed", { n: of.passed.length })} n={of.passed.length}>
        <ul class="plain">
          {of.passed.slice(0, SHOWN).map((one) => (
            <li key={`${one.at}/${one.clause}/${one.respondent}`} dir="auto">
              {passedWords(one)}
            </li>
          ))}
          <More all={of.passed.length} shown={SHOWN} />
        </ul>
      </Group>
      <Group title={w("fell-silent", { n: of.quiet.length })} n={of.quiet.length}>
        <QuietList all={of.quiet as Schemas["QuietSource"][]} />
        {of.speaks_again.length > 0 && <p>{w("speaks-again", { who: of.speaks_again.map(sourceName).join(" · ") })}</p>}
      </Group>
      <Group title={w("reports-came", { n: of.reports })} n={of.reports}>
        <p class="aside" dir="auto">
          {sources.map(([id, n]) => w("by-source", { who: sourceName(id), n })).join(" · ")}
        </p>
      </Group>
    </div>
  );
}

type Props = {
  since: string | undefined;
  shift: ShiftNow;
  setShift: (shift: ShiftNow) => void;
  of: Looked<ChangesOf>;
  note: () => void;
};

export function Changes({ since, shift, setShift, of, note }: Props) {
  const picked = "hours" in shift.is ? String(shift.is.hours) : "at";
  const begin = () => of.value && setShift(keepShift({ at: of.value.as_of }));
  return (
    <section class="sheet" aria-labelledby="changes-title" id="changes">
      <h2 id="changes-title">{since ? w("changes-since", { when: moment(since) }) : w("changes")}</h2>
      <div class="row controls">
        <label>
          {w("shift")}
          <select
            value={picked}
            onChange={(event) => {
              const hours = Number(event.currentTarget.value);
              if (hours) setShift(keepShift({ hours }));
            }}
          >
            {SHIFTS.map((hours) => (
              <option key={hours} value={String(hours)}>
                {w("hours-ago", { n: hours })}
              </option>
            ))}
            {picked === "at" && <option value="at">{w("as-begun")}</option>}
          </select>
        </label>
        <button type="button" onClick={begin} disabled={!of.value}>
          {w("begin-shift")}
        </button>
        <button type="button" class="chief" onClick={note} disabled={!of.value}>
          {w("handover")}
        </button>
      </div>
      {of.fault && <p role="alert">{of.fault}</p>}
      {of.value ? <Told of={of.value} /> : !of.fault && <p class="waiting">{w("comparing")}</p>}
    </section>
  );
}
