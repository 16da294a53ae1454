// The board: who must act, and by when; what is overdue first. Where nobody need act a case has ended, and stands below.
import { useState } from "preact/hooks";
import { api, refusal } from "../../api/client.ts";
import { useKeys } from "../../shell/keys.tsx";
import { useHeard } from "../../shell/look.ts";
import { apart, day, moment } from "../../shell/moment.ts";
import { text } from "../../shell/names.ts";
import { asOf, to } from "../../shell/route.ts";
import { session } from "../../shell/session.ts";
import { given, useAsked } from "../incidents/asking.ts";
import { Id, List, Words } from "../incidents/parts.tsx";
import { actor, clause, type Schemas, stage, w } from "./names.ts";

type Line = Schemas["CaseLine"];

/** Cases that a board can show; a mission with more is told so. */
const MOST = 2_000;

type Shown = { lines: Line[]; asOf: string; more: boolean };

async function pageAfter(after: number | null): Promise<Schemas["Cases"]> {
  const query = given({ as_of: asOf.value, limit: 200, after: after ?? undefined });
  const { data, error, response } = await api.GET("/api/cases", { params: { query } });
  if (!data) throw new Error(refusal(error) || String(response.status));
  return data;
}

async function everything(): Promise<Shown> {
  const lines: Line[] = [];
  let after: number | null = null;
  let at = "";
  do {
    const page = await pageAfter(after);
    lines.push(...page.cases);
    at = page.as_of;
    after = page.next;
  } while (after !== null && lines.length < MOST);
  return { lines, asOf: at, more: after !== null };
}

/** Lines by whom they wait for; the earliest clock first, in each group and among them. */
function grouped(lines: Line[]): [string, Line[]][] {
  const groups = new Map<string, Line[]>();
  for (const line of lines.filter((one) => one.awaited)) {
    const who = [...(line.awaited?.who ?? [])].sort().join(" ");
    groups.set(who, [...(groups.get(who) ?? []), line]);
  }
  const due = (line: Line) => Date.parse(line.awaited?.due ?? "");
  for (const all of groups.values()) all.sort((a, b) => due(a) - due(b));
  return [...groups].sort(([, a], [, b]) => due(a[0] as Line) - due(b[0] as Line));
}

function Card({ of: line, now }: { of: Line; now: string }) {
  const awaited = line.awaited;
  return (
    <li class={awaited?.is_overdue ? "case-card sheet late" : "case-card sheet"}>
      <a href={to("cases", line.case)}>
        <Id>{line.case}</Id> <Words>{clause(line.clause)}</Words>
      </a>
      <p>
        {line.respondents.length === 0 ? w("not-yet-named") : <List all={line.respondents.map((one) => <Words>{actor(one)}</Words>)} />}
        {line.respondents.length > 1 && <span class="aside"> {w("one-of-them")}</span>}
      </p>
      <p>
        <b>
          <Words>{stage(line.procedure, line.stands)}</Words>
        </b>
      </p>
      {awaited && (
        <>
          <p class={awaited.is_overdue ? "overdue" : undefined}>
            {awaited.is_overdue && `${w("overdue")} · `}
            {awaited.is_day ? day(awaited.due) : moment(awaited.due)} ({apart(awaited.due, now)})
          </p>
          <p class="aside">
            {w("silence-leads-to")} <Words>{stage(line.procedure, awaited.silence)}</Words>
          </p>
        </>
      )}
    </li>
  );
}

function Due() {
  const query = given({ as_of: asOf.value, within: 72 });
  const { value } = useAsked(() => api.GET("/api/due", { params: { query } }), [asOf.value]);
  const promises = value?.due.filter((one): one is Schemas["DueUndertaking"] => one.kind === "undertaking" || one.kind === "remedy") ?? [];
  const lapsed = value?.due.filter((one): one is Schemas["Lapsed"] => one.kind === "lapsed") ?? [];
  return (
    <>
      {lapsed.length > 0 && (
        <section aria-labelledby="untold">
          <h2 id="untold">{w("untold")}</h2>
          <ul class="plain">
            {lapsed.map((one) => (
              <li key={`${one.case}/${one.step}`} class="overdue">
                <CaseLink of={one.case} /> {w("ran-out", { moment: moment(one.at) })}: <Words>{text(one.step_name) || one.step}</Words>
              </li>
            ))}
          </ul>
        </section>
      )}
      {promises.length > 0 && (
        <section aria-labelledby="promised">
          <h2 id="promised">{w("promised")}</h2>
          <ul class="plain">
            {promises.map((one) => (
              <li key={`${one.case}/${one.entry}`} class={one.is_overdue ? "overdue" : undefined}>
                <CaseLink of={one.case} /> {w(one.is_remedy ? "remedy" : "undertaking")} <List all={one.by.map((who) => <Words>{actor(who)}</Words>)} /> · {moment(one.due)}
                {one.words && (
                  <>
                    {" · "}
                    <span dir="auto">{one.words}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function CaseLink({ of }: { of: string }) {
  return (
    <a href={to("cases", of)}>
      <Id>{of}</Id>
    </a>
  );
}

export function Board() {
  const [shown, setShown] = useState<Shown>();
  const [fault, setFault] = useState("");
  useHeard(
    (isHere) =>
      everything()
        .then((all) => isHere() && (setShown(all), setFault("")))
        .catch((error: unknown) => isHere() && setFault(error instanceof Error ? error.message : String(error))),
    [asOf.value],
  );
  const mayOpen = session.value?.may.includes("open") === true && asOf.value === undefined;
  useKeys(mayOpen ? [{ key: "o", says: w("key-open"), does: () => void (location.hash = to("cases", "open")) }] : []);
  const ended = shown?.lines.filter((line) => !line.awaited) ?? [];
  const waiting = shown ? grouped(shown.lines) : [];
  return (
    <>
      <h1>{w("title")}</h1>
      {fault && <p role="alert">{fault}</p>}
      {!shown && !fault && <p class="waiting">{w("loading")}</p>}
      {shown && (
        <p class="aside" role="status">
          {w("count", { n: shown.lines.length })} · {w("as-known", { moment: moment(shown.asOf) })}
          {shown.more && ` · ${w("more-than-shown")}`}
        </p>
      )}
      {mayOpen && (
        <p>
          <a class="button" href={to("cases", "open")}>
            {w("open-one")}
          </a>
        </p>
      )}
      {shown?.lines.length === 0 && <p>{w("none")}</p>}
      <div class="board">
        {waiting.map(([who, lines]) => (
          <section key={who} aria-label={w("must-act", { who: who.split(" ").map(actor).join(w("comma")) })}>
            <h2>
              <List all={who.split(" ").map((one) => <Words>{actor(one)}</Words>)} />{" "}
              <span class="aside">{w("count", { n: lines.length })}</span>
            </h2>
            <ul class="plain">
              {lines.map((line) => (
                <Card key={line.case} of={line} now={shown?.asOf ?? ""} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {shown && <Due />}
      {ended.length > 0 && (
        <details>
          <summary>{w("ended", { n: ended.length })}</summary>
          <ul class="plain board-ended">
            {ended.map((line) => (
              <Card key={line.case} of={line} now={shown?.asOf ?? ""} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
