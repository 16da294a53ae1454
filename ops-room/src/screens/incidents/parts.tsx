// Small parts of the screens on incidents: names, outcomes, figures as they are, and the drawing of a range. Whatever somebody wrote is a text node.
import type { ComponentChildren } from "preact";
import type { components } from "../../api/schema.d.ts";
import { lang, number, of } from "../../words/index.ts";

export type Schemas = components["schemas"];
export const w = of("incidents");

/** Words from the record: in their own direction, apart from what stands beside them. */
export function Words({ children }: { children: string }) {
  return <bdi>{children}</bdi>;
}

export function Id({ children }: { children: string | number }) {
  return (
    <bdi class="id" dir="ltr">
      {children}
    </bdi>
  );
}

/** Several things with commas of the language between them; other screens use it, too, so that it needs no catalogue. */
export function List({ all }: { all: ComponentChildren[] }) {
  return (
    <>
      {all.map((one, at) => (
        <>
          {at > 0 && (lang.value === "ar" ? "، " : ", ")}
          {one}
        </>
      ))}
    </>
  );
}

export function Outcome({ of: said }: { of: Schemas["SaidWord"] }) {
  return <span class={`outcome outcome-${said.id}`}>{said.words}</span>;
}

export function Source({ of: source }: { of: Schemas["IncidentSource"] }) {
  return (
    <span>
      <Words>{source.name}</Words>
      {source.side && (
        <span class="aside">
          {" "}
          ({w("side")} <Words>{source.side.name}</Words>)
        </span>
      )}
    </span>
  );
}

export function Sources({ all }: { all: Schemas["IncidentSource"][] }) {
  return <List all={all.map((one) => <Source of={one} />)} />;
}

export function Range({ of: bounds }: { of: Schemas["BoundsSaid"] | null }) {
  return bounds ? <Words>{bounds.words}</Words> : <span aria-label={w("not-given")}>–</span>;
}

type Figure = Schemas["IncidentFigures"]["figures"][number];

/** How far the axis goes: the largest figure that anybody gives, with room for those that have no upper bound. */
function far(figures: Figure[]): number {
  const most = Math.max(1, ...figures.map((one) => one.bounds.max ?? one.bounds.min));
  return figures.some((one) => one.bounds.max === null) ? most * 1.25 : most;
}

/** One figure as a line from its least to its most; an arrow where nobody sets a most. */
function Bar({ of: bounds, to, faded }: { of: Schemas["BoundsSaid"]; to: number; faded: boolean }) {
  const at = (n: number) => 6 + (n / to) * 188;
  const start = at(bounds.min);
  const end = bounds.max === null ? 194 : at(bounds.max);
  return (
    <svg class={faded ? "range faded" : "range"} viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true" dir="ltr">
      <line class="axis" x1="6" x2="194" y1="8" y2="8" />
      <line class="span" x1={start} x2={end} y1="8" y2="8" />
      {bounds.max === null ? <path class="end" d="M188 3 L196 8 L188 13 Z" /> : <line class="end" x1={end} x2={end} y1="3" y2="13" />}
      <line class="end" x1={start} x2={start} y1="3" y2="13" />
    </svg>
  );
}

/** Every figure that anybody gives, and the range over the latest of each origin; nothing is added or averaged. */
export function Figures({ title, of: all }: { title: string; of: Schemas["IncidentFigures"] }) {
  const shown = all.figures.filter((one) => one.status === "any");
  const to = far(all.figures);
  return (
    <section class="figures" aria-label={title}>
      <h3>
        {title}: <Range of={all.range} />
        {all.best !== null && <span class="aside"> · {w("best", { n: all.best })}</span>}
      </h3>
      {(all.civilians ?? all.combatants) && (
        <p class="aside">
          {all.civilians && (
            <>
              {w("civilians")} <Range of={all.civilians} />{" "}
            </>
          )}
          {all.combatants && (
            <>
              {w("combatants")} <Range of={all.combatants} />
            </>
          )}
        </p>
      )}
      {shown.length === 0 && <p class="aside">{w("nobody-gives")}</p>}
      <ul class="plain bars">
        {shown.map((one) => (
          <li key={one.receipt} class={one.is_superseded ? "superseded" : undefined}>
            <span>
              <Source of={one.origin} /> <Id>{`r${one.receipt}`}</Id>
            </span>
            <Bar of={one.bounds} to={to} faded={one.is_superseded} />
            <span class="figure">
              <Range of={one.bounds} />
              {one.is_superseded && <span class="aside"> {w("replaced")}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Thousandths of a doubling, with their sign. */
export function weight(n: number): string {
  const sign = n < 0 ? "−" : "+";
  return `${sign}${number(Math.abs(n) / 1000)}`;
}

export function Weight({ of: n }: { of: number }) {
  const length = Math.min(60, Math.max(1, Math.abs(n) / 100));
  return (
    <svg class="weight" viewBox="0 0 120 10" aria-hidden="true" dir="ltr">
      <line class="axis" x1="60" x2="60" y1="0" y2="10" />
      <rect class={n < 0 ? "against" : "for"} x={n < 0 ? 60 - length : 60} y="2" width={length} height="6" />
    </svg>
  );
}

export function Reasons({ all }: { all: Schemas["LinkReason"][] }) {
  if (all.length === 0) return null;
  return (
    <table class="reasons">
      <thead>
        <tr>
          <th scope="col">{w("evidence-for")}</th>
          <th scope="col">{w("compared")}</th>
          <th scope="col">{w("weight")}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((one) => (
          <tr key={one.evidence + one.seen}>
            <th scope="row">
              <Words>{one.evidence}</Words>
            </th>
            <td>
              <Words>{one.seen}</Words>
            </td>
            <td>
              <bdi dir="ltr">{weight(one.weight)}</bdi> <Weight of={one.weight} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
