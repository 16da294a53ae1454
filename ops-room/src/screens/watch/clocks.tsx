// The two clocks: what was known by a moment, what had happened by a moment. A place on a slider is a whole hour; the address keeps both, so that a
// view can be linked to.
import { useEffect, useRef, useState } from "preact/hooks";
import { moment } from "../../shell/moment.ts";
import { missionNow, moments, text } from "../../shell/names.ts";
import { address, asOf } from "../../shell/route.ts";
import { of } from "../../words/index.ts";
import type { Watch } from "./shared.ts";

const w = of("watch");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function written(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Sets what is looked at, both clocks in one step of the address. */
function look(moments: { as_of?: string | undefined; happened_by?: string | undefined }): void {
  const { screen, rest, asked } = address.value;
  const next = new URLSearchParams(asked);
  for (const [name, at] of Object.entries(moments)) {
    if (at) next.set(name, at);
    else next.delete(name);
  }
  const query = next.toString();
  location.hash = `#/${[screen, ...rest].map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

/** Looks so many hours further. */
export function step(now: string, hours: number): void {
  const end = Date.parse(missionNow() ?? now);
  const at = Date.parse(now) + hours * HOUR;
  look({ as_of: at >= end ? undefined : written(at), happened_by: undefined });
}

type SliderProps = { id: string; says: string; at: number; from: number; until: number; set: (at: number) => void };

function Slider({ id, says, at, from, until, set }: SliderProps) {
  const [held, setHeld] = useState<number | undefined>();
  const timer = useRef(0);
  useEffect(() => setHeld(undefined), [at]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const shown = held ?? at;
  const move = (next: number) => {
    setHeld(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => set(next), 350);
  };
  return (
    <label for={id}>
      <span>
        {says} <output for={id}>{moment(written(shown))}</output>
      </span>
      <input
        id={id}
        type="range"
        min={from}
        max={until}
        step={HOUR}
        value={shown}
        aria-valuetext={moment(written(shown))}
        onInput={(event) => move(Number(event.currentTarget.value))}
      />
    </label>
  );
}

type Props = { watch: Watch; happenedBy: string | undefined; days: number | undefined; setDays: (days: number | undefined) => void };

export function Clocks({ watch, happenedBy, days, setDays }: Props) {
  const now = Date.parse(missionNow() ?? watch.now);
  const known = Date.parse(watch.as_of);
  const until = Math.max(now, known);
  const starts = [...watch.truce.deadlines.map((one) => one.announced), watch.truce.window?.from, ...moments().map((one) => one.at)];
  const first = Math.min(...starts.filter((one): one is string => !!one).map((one) => Date.parse(one)), until - 30 * DAY);
  const from = until - Math.ceil((until - first) / HOUR) * HOUR;
  const setKnown = (at: number) => {
    const happened = happenedBy && Date.parse(happenedBy) < at ? happenedBy : undefined;
    look({ as_of: at >= until ? undefined : written(at), happened_by: happened });
  };
  const setHappened = (at: number) => look({ happened_by: at >= known ? undefined : written(at) });
  return (
    <section class="sheet clocks" aria-labelledby="clocks-title">
      <h2 id="clocks-title">{w("clocks")}</h2>
      <Slider id="known-by" says={w("known-by")} at={known} from={from} until={until} set={setKnown} />
      <Slider id="happened-by" says={w("happened-by")} at={Date.parse(watch.happened_by)} from={from} until={known} set={setHappened} />
      <div class="row">
        <label>
          {w("days-shown")}
          <select value={String(days ?? "")} onChange={(event) => setDays(Number(event.currentTarget.value) || undefined)}>
            <option value="">{w("days-rule", { n: watch.rule.window_days })}</option>
            {[1, 30, 3660].map((n) => (
              <option key={n} value={String(n)}>
                {n === 3660 ? w("days-all") : w("days-n", { n })}
              </option>
            ))}
          </select>
        </label>
        {moments().length > 0 && (
          <label>
            {w("go-to")}
            <select value="" onChange={(event) => event.currentTarget.value && look({ as_of: event.currentTarget.value, happened_by: undefined })}>
              <option value="">{w("go-to-none")}</option>
              {moments().map((one) => (
                <option key={one.at} value={one.at}>
                  {text(one.name)}
                </option>
              ))}
            </select>
          </label>
        )}
        {(asOf.value || happenedBy) && (
          <button type="button" onClick={() => look({ as_of: undefined, happened_by: undefined })}>
            {w("both-now")}
          </button>
        )}
      </div>
    </section>
  );
}
