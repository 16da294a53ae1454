// Sources that went quiet: for how long, against how long they were ever silent before.
import { moment } from "../../shell/moment.ts";
import { sourceName } from "../../shell/names.ts";
import { of } from "../../words/index.ts";
import type { Watch } from "./shared.ts";

const w = of("watch");

export function QuietList({ all }: { all: Watch["quiet"] }) {
  return (
    <ul class="plain">
      {all.map((one) => (
        <li key={one.source}>
          <b dir="auto">{sourceName(one.source)}</b>: {w("silent", { n: one.silent_hours })} ({w("usually", { n: one.usual_hours })}; {w("last-heard", { when: one.last ? moment(one.last) : "" })})
        </li>
      ))}
    </ul>
  );
}
