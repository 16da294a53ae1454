// The map as a table: each area's state, the figures behind it, who looked and until when. Not observed is a state of its own, never a zero.
import { moment } from "../../shell/moment.ts";
import { sourceName, text } from "../../shell/names.ts";
import { number, of } from "../../words/index.ts";
import type { Watch } from "./shared.ts";

const w = of("watch");
const RANK: Record<string, number> = { collapsed: 0, fraying: 1, "not-observed": 2, "no-truce": 3, holding: 4 };
type Row = Watch["areas"][number];

function Looked({ row }: { row: Row }) {
  if (row.is_unobserved) {
    return <b class="unseen">{row.last_look ? w("unseen-since", { when: moment(row.last_look) }) : w("never-seen")}</b>;
  }
  const names = row.observed_by.map(sourceName);
  const others = row.observers - names.length;
  if (others > 0) names.push(w("protected", { n: others }));
  return <span dir="auto">{names.join(" · ") || w("by-incident")}</span>;
}

type Props = { watch: Watch; area: string | undefined; pick: (area: string | undefined) => void };

export function Areas({ watch, area, pick }: Props) {
  const rows = [...watch.areas].sort((a, b) => (RANK[a.state] ?? 9) - (RANK[b.state] ?? 9) || b.days - a.days);
  if (rows.length === 0) return null;
  const dash = (row: Row, n: number) => (row.is_unobserved ? "–" : number(n));
  return (
    <section class="sheet" aria-labelledby="areas-title" id="areas">
      <h2 id="areas-title">{w("areas")}</h2>
      {watch.window?.from && <p class="aside">{w("window", { from: moment(watch.window.from), until: moment(watch.happened_by) })}</p>}
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="areas-title">
        <table>
          <thead>
            <tr>
              {["area", "state", "days", "prohibited", "undetermined", "others", "looked"].map((key) => (
                <th key={key} scope="col">
                  {w(`col-${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.area} data-area={row.area} data-state={row.state} class={area === row.area ? "picked" : ""}>
                <th scope="row">
                  <button type="button" class="link" aria-pressed={area === row.area} onClick={() => pick(area === row.area ? undefined : row.area)}>
                    <bdi>{text(row.names) || row.area}</bdi>
                  </button>
                </th>
                <td>
                  <span class={`badge state-${row.state}`}>{w(`state-${row.state}`)}</span>
                </td>
                <td>{dash(row, row.days)}</td>
                <td>{dash(row, row.prohibited)}</td>
                <td>{dash(row, row.undetermined)}</td>
                <td>{dash(row, row.others)}</td>
                <td>
                  <Looked row={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
