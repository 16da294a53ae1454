// The incidents of the map as a list, page by page: what, where with its precision, when, what it comes to, who is said to have done it.
import { useEffect, useState } from "preact/hooks";
import { day, moment } from "../../shell/moment.ts";
import { actorName, text } from "../../shell/names.ts";
import { to } from "../../shell/route.ts";
import { number, of } from "../../words/index.ts";
import type { IncidentLine, MapOf, Watch } from "./shared.ts";

const w = of("watch");
const PAGE = 20;

export function within(metres: number | null): string {
  if (metres === null) return w("no-point");
  return metres < 1000 ? w("within-m", { n: metres }) : w("within-km", { n: Math.ceil(metres / 1000) });
}

function killed(one: IncidentLine): string {
  const range = one.killed;
  if (!range) return "–";
  if (range.max === null || range.max === undefined) return w("at-least", { n: range.min });
  return range.max === range.min ? number(range.min) : `${number(range.min)}–${number(range.max)}`;
}

/** Of what is known by its day alone no hour is shown. */
export function when(one: IncidentLine): string {
  if (!one.from) return "–";
  const hours = one.until ? (Date.parse(one.until) - Date.parse(one.from)) / 3_600_000 : 0;
  return hours >= 20 ? day(one.from) : moment(one.from);
}

type Props = { of: MapOf | undefined; area: string | undefined; pick: (area: string | undefined) => void; names: Watch["areas"] };

export function Incidents({ of: map, area, pick, names }: Props) {
  const [shown, setShown] = useState(PAGE);
  useEffect(() => setShown(PAGE), [area, map]);
  if (!map) return null;
  const all = map.incidents.features.map((one) => one.properties).filter((one) => !area || one.governorates.includes(area));
  all.sort((a, b) => Date.parse(b.until ?? "") - Date.parse(a.until ?? ""));
  const name = area ? text(names.find((one) => one.area === area)?.names) || area : "";
  return (
    <section class="sheet" aria-labelledby="incidents-title">
      <h2 id="incidents-title">{area ? w("incidents-in", { n: all.length, area: name }) : w("incidents", { n: all.length })}</h2>
      {area && (
        <button type="button" onClick={() => pick(undefined)}>
          {w("all-areas")}
        </button>
      )}
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="incidents-title">
        <table class="incidents">
          <thead>
            <tr>
              {["incident", "when", "comes-to", "actors", "killed", "precision"].map((key) => (
                <th key={key} scope="col">
                  {w(`col-${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.slice(0, shown).map((one) => (
              <tr key={one.incident}>
                <td>
                  <a href={to("incidents", one.incident)} dir="auto">
                    {text(one.title)}
                  </a>
                </td>
                <td>{when(one)}</td>
                <td>
                  <span class={`badge sum-${one.summary}`}>{w(`sum-${one.summary}`)}</span>
                </td>
                <td dir="auto">{one.actors.slice(0, 3).map(actorName).join(" / ") || w("nobody-named")}</td>
                <td>{killed(one)}</td>
                <td>{within(one.within_m)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all.length > shown && (
        <button type="button" onClick={() => setShown(shown + PAGE)}>
          {w("show-more", { n: all.length - shown })}
        </button>
      )}
    </section>
  );
}
