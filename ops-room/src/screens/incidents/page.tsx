// One incident, whole, as far as the server shows it: findings first, then who says what, figures, links and what people decided.
import { api } from "../../api/client.ts";
import { day, moment } from "../../shell/moment.ts";
import { asOf, to } from "../../shell/route.ts";
import { lang } from "../../words/index.ts";
import { given, useAsked } from "./asking.ts";
import { Findings } from "./findings.tsx";
import { OpenWords } from "./judging.tsx";
import { Links } from "./links.tsx";
import { Figures, Id, List, Outcome, type Schemas, Sources, w, Words } from "./parts.tsx";
import { Reports } from "./sources.tsx";

type Incident = Schemas["Incident"];

function Head({ of: one }: { of: Incident }) {
  return (
    <>
      <p class="aside">
        <a href={to("incidents")}>{w("title")}</a>
      </p>
      <h1>
        <Words>{one.title}</Words>
      </h1>
      <p>
        <Outcome of={one.summary} /> {one.when ? <Words>{one.when.words}</Words> : w("no-time")}
        {one.place && (
          <>
            {" · "}
            <Words>{one.place.words}</Words>
            {one.place.point && (
              <span class="aside">
                {" "}
                ({w("within", { within: one.place.point.within })}{" "}
                <Id>{`${one.place.point.lat}, ${one.place.point.lon}`}</Id>)
              </span>
            )}
          </>
        )}
      </p>
      <p class="aside">
        <Id>{one.incident}</Id> · {w("version", { n: one.version })} · {w("origins", { n: one.origins.length })}:{" "}
        <Sources all={one.origins} /> · {w("as-known", { moment: moment(one.as_of) })}
      </p>
    </>
  );
}

function Standing({ of: one }: { of: Incident }) {
  return (
    <section aria-labelledby="standing">
      <h2 id="standing">{w("standing")}</h2>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="standing">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{w("point")}</th>
              <th scope="col">{w("stands")}</th>
              <th scope="col">{w("values")}</th>
            </tr>
          </thead>
          <tbody>
            {one.standing.map((point) => (
              <tr key={point.id}>
                <th scope="row">
                  <Words>{point.name}</Words>
                </th>
                <td>
                  <span class={`standing standing-${point.standing}`}>{point.standing_words}</span>
                </td>
                <td>
                  {point.values.length === 0 && point.open.length === 0 && "–"}
                  <ul class="plain">
                    {point.values.map((value) => (
                      <li key={value.words}>
                        <Words>{value.words}</Words>
                        {value.origins.length > 0 && (
                          <span class="aside">
                            {" — "}
                            <Sources all={value.origins} />
                          </span>
                        )}
                      </li>
                    ))}
                    {point.open.length > 0 && (
                      <li>
                        <em>{w("left-open")}</em>
                        <span class="aside">
                          {" — "}
                          <Sources all={point.open} />
                        </span>
                      </li>
                    )}
                  </ul>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cases({ of: one }: { of: Incident }) {
  return (
    <section aria-labelledby="cases">
      <h2 id="cases">{w("cases")}</h2>
      {one.cases.length === 0 && <p class="aside">{w("no-cases")}</p>}
      <ul class="plain">
        {one.cases.map((line) => (
          <li key={line.case}>
            <a href={to("cases", line.case)}>
              <Id>{line.case}</Id> · <Id>{line.clause}</Id>
            </a>{" "}
            <Id>{line.stands}</Id>
            {line.awaited && (
              <span class={line.awaited.is_overdue ? "overdue" : "aside"}>
                {" · "}
                {w("waits-for")} <List all={line.awaited.who.map((who) => <Id>{who}</Id>)} />
                {" · "}
                {line.awaited.is_day ? day(line.awaited.due) : moment(line.awaited.due)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Toll({ of: one }: { of: Incident }) {
  return (
    <section aria-labelledby="toll">
      <h2 id="toll">{w("toll")}</h2>
      <p class="aside">{w("toll-rule")}</p>
      <Figures title={w("killed")} of={one.toll.killed} />
      <Figures title={w("wounded")} of={one.toll.wounded} />
    </section>
  );
}

export function IncidentPage({ id }: { id: string }) {
  const ask = { params: { path: { id }, query: given({ lang: lang.value, as_of: asOf.value }) } };
  const asked = useAsked(() => api.GET("/api/incidents/{id}", ask), [id, lang.value, asOf.value]);
  const one = asked.value;
  return (
    <article class="incident">
      {asked.fault && (
        <p role="alert">
          {asked.fault}{" "}
          <button type="button" onClick={asked.again}>
            {w("again")}
          </button>
        </p>
      )}
      {!one && !asked.fault && <p class="waiting">{w("loading")}</p>}
      {!one && asked.fault && <h1>{w("title")}</h1>}
      {one && (
        <>
          <Head of={one} />
          <Findings of={one} />
          <OpenWords of={one} again={asked.again} />
          <Reports of={one} />
          <Standing of={one} />
          <Toll of={one} />
          <Links of={one} again={asked.again} />
          <Cases of={one} />
        </>
      )}
    </article>
  );
}
