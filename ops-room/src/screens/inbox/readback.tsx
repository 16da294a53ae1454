// What was taken in, read back: the receipt number first, then every value as the record holds it, and what could be read and not resolved.
import { useEffect, useRef } from "preact/hooks";
import type { components } from "../../api/schema.d.ts";
import { moment } from "../../shell/moment.ts";
import { of } from "../../words/index.ts";
import { name, named } from "./form.ts";
import type { Filed, Taken } from "./queue.ts";

type Event = components["schemas"]["UnderstoodEvent"];
type Understood = components["schemas"]["Understood"];
const w = of("inbox");

/** What became of each file that went with a report. */
export function FiledList({ all }: { all: readonly Filed[] }) {
  if (all.length === 0) return null;
  return (
    <ul class="filed" aria-label={w("chosen")}>
      {all.map((one) => (
        <li key={one.name} class={one.refused ? "refused" : undefined}>
          <bdi>{one.name}</bdi>: {one.done ? w("file-sent") : w("file-refused")} {one.done && <bdi class="receipt">{one.done.attachment}</bdi>}
          {one.refused && <span role="alert" dir="auto"> {one.refused}</span>}
        </li>
      ))}
    </ul>
  );
}

export function ReadBack({ taken, filed, onNext }: { taken: Taken; filed: readonly Filed[]; onNext: () => void }) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), [taken]);
  return (
    <section class="sheet read-back" aria-live="polite">
      <h2>
        {w("receipt")} <output class="receipt"><bdi>{taken.receipt}</bdi></output>
      </h2>
      <p>{w("read-back")}</p>
      {taken.reports.map((one) => (
        <div key={one.receipt} class="understood">
          {one.understood ? <Values of={one.understood} /> : <p>{w("rejected-kept")}</p>}
        </div>
      ))}
      {taken.reports.length === 0 && <p class="aside">{w("words-only")}</p>}
      <FiledList all={filed} />
      {taken.doubts.length > 0 && (
        <ul class="doubts">
          {taken.doubts.map((one, at) => (
            <li key={at} dir="auto">{one.say}</li>
          ))}
        </ul>
      )}
      <button ref={next} type="button" class="chief" onClick={onNext}>
        {w("next-report")}
      </button>
    </section>
  );
}

export function Values({ of: report }: { of: Understood }) {
  const event = report.event;
  if (!event) return <p>{w(`kind-${report.kind}`)}</p>;
  const rows = lines(event);
  return (
    <dl class="values">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{w(label)}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function lines(event: Event): [string, string][] {
  const list = (family: "act" | "weapon" | "target" | "actor", ids: readonly string[]) => ids.map((id) => named(family, id)).join(` ${w("or")} `);
  const place = event.place;
  const where = place ? [...place.areas.map(name), place.words ?? "", place.lat ? `${place.lat}, ${place.lon} ± ${place.within_m} m` : ""].filter(Boolean).join(" · ") : "";
  const time = event.when ? (event.when.from === event.when.to ? moment(event.when.from) : `${moment(event.when.from)} – ${moment(event.when.to)}`) : "";
  const how = event.actor_how ? w(`how-${event.actor_how}`) : "";
  const who = event.actors.length ? `${list("actor", event.actors)} (${how})` : how;
  const all: [string, string][] = [
    ["what", list("act", event.act)],
    ["weapon", list("weapon", event.weapon)],
    ["target", list("target", event.target)],
    ["where", where],
    ["when", time],
    ["who", who],
    ["killed", event.killed ?? ""],
    ["wounded", event.wounded ?? ""],
  ];
  // What nobody said is said to be unknown, where silence could be taken for an answer.
  const asked = new Set(["what", "where", "when", "who", "killed", "wounded"]);
  return all.filter(([label, value]) => value || asked.has(label)).map(([label, value]) => [label, value || w("unknown")]);
}
