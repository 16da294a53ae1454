// The watch: what is overdue first, then where the truce holds and where nobody looked, what changed since the shift began, what came; on both clocks.
// Computes no state of its own: it shows what the server says as of the two moments.
import { useMemo, useState } from "preact/hooks";
import "./watch.css";
import { api } from "../../api/client.ts";
import { useKeys } from "../../shell/keys.tsx";
import { useLook } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import { text } from "../../shell/names.ts";
import { address, asOf } from "../../shell/route.ts";
import { number, of } from "../../words/index.ts";
import { Areas } from "./areas.tsx";
import { Changes } from "./changes.tsx";
import { Clocks, step } from "./clocks.tsx";
import { Due, type CaseDue } from "./due.tsx";
import { Feed } from "./feed.tsx";
import { Handover } from "./handover.tsx";
import { Incidents } from "./incidents.tsx";
import { Map } from "./map.tsx";
import { Handovers } from "./notes.tsx";
import { QuietList } from "./quiet.tsx";
import { shiftFrom, type Watch } from "./shared.ts";

const w = of("watch");
/** Hours ahead in which something is due soon. */
const SOON_H = 24;

function Stands({ watch }: { watch: Watch }) {
  const { truce } = watch;
  const since = truce.window?.from;
  const until = truce.window?.until;
  const calms = truce.calms.filter((calm) => calm.in_force !== "none");
  const missed = truce.deadlines.filter((one) => one.state === "missed");
  return (
    <section class="sheet stands" aria-labelledby="stands-title">
      <h2 id="stands-title">{w("truce")}</h2>
      <p class={`force force-${truce.in_force}`}>{w(`force-${truce.in_force}`)}</p>
      <ul class="plain">
        {since && <li>{w(Date.parse(since) <= Date.parse(watch.as_of) ? "in-force-since" : "begins", { when: moment(since) })}</li>}
        {until && <li>{w("in-force-until", { when: moment(until) })}</li>}
        {missed.map((one) => (
          <li key={one.id}>
            <span dir="auto">{text(one.what)}</span>: {w("missed-on", { when: one.due ? moment(one.due) : "" })}
          </li>
        ))}
        <li>{calms.length === 0 ? w("no-calm") : w("calms", { n: calms.length })}</li>
      </ul>
      <p class="aside">
        {w("rule", { window: watch.rule.window_days, fraying: watch.rule.fraying_incidents, collapsed: watch.rule.collapsed_days })}
      </p>
    </section>
  );
}

function Quiet({ watch }: { watch: Watch }) {
  return (
    <section class="sheet" aria-labelledby="quiet-title">
      <h2 id="quiet-title">{w("quiet-title", { n: watch.quiet.length })}</h2>
      {watch.quiet.length === 0 ? <p class="aside">{w("quiet-none")}</p> : <QuietList all={watch.quiet} />}
    </section>
  );
}

export default function Screen() {
  const happenedBy = address.value.asked.get("happened_by") ?? undefined;
  const [days, setDays] = useState<number | undefined>();
  const [shift, setShift] = useState(shiftFrom);
  const [area, setArea] = useState<string | undefined>();
  const [noting, setNoting] = useState(false);
  const clocks = { ...(asOf.value ? { as_of: asOf.value } : {}), ...(happenedBy ? { happened_by: happenedBy } : {}) };
  const on = `${asOf.value ?? ""}|${happenedBy ?? ""}`;
  const watch = useLook((signal) => api.GET("/api/watch", { params: { query: { ...clocks, within: SOON_H } }, signal }), on);
  const due = useLook((signal) => api.GET("/api/due", { params: { query: { ...(asOf.value ? { as_of: asOf.value } : {}), within: SOON_H } }, signal }), asOf.value ?? "");
  const map = useLook((signal) => api.GET("/api/map", { params: { query: { ...clocks, ...(days ? { days } : {}) } }, signal }), `${on}|${days ?? ""}`);
  const now = watch.value?.as_of;
  const since = now ? shift.since(now) : undefined;
  const changes = useLook(
    (signal) => api.GET("/api/watch/changes", { params: { query: { since: since ?? "", ...(asOf.value ? { as_of: asOf.value } : {}) } }, signal }),
    since ? `${since}|${asOf.value ?? ""}` : undefined,
  );
  const notes = useLook(
    (signal) => api.GET("/api/handovers", { params: { query: asOf.value ? { as_of: asOf.value } : {} }, signal }),
    asOf.value ?? "",
  );
  useKeys([
    { key: "h", says: w("key-handover"), does: () => setNoting(true) },
    { key: "[", says: w("key-back"), does: () => now && step(now, -6) },
    { key: "]", says: w("key-on"), does: () => now && step(now, 6) },
  ]);
  const cases = (due.value?.due ?? []) as CaseDue[];
  const features = useMemo(() => map.value, [map.value]);
  if (!watch.value) {
    return (
      <>
        <h1>{w("title")}</h1>
        {watch.fault ? <p role="alert">{watch.fault}</p> : <p class="waiting">{w("looking")}</p>}
      </>
    );
  }
  const stands = watch.value;
  return (
    <div class="watch">
      <h1>{w("title")}</h1>
      <p class="aside known">
        {w("known-as-of", { when: moment(stands.as_of), entries: number(stands.entries) })} {stands.is_whole ? "" : w("published-only")}
      </p>
      {watch.fault && <p role="alert">{watch.fault}</p>}
      <div class="first">
        <div class="column">
          <Due terms={stands.due} cases={cases} now={stands.as_of} hours={SOON_H} fault={due.status === 403 ? "" : due.fault} />
          <Stands watch={stands} />
          <Quiet watch={stands} />
        </div>
        <div class="column wide">
          <Map watch={stands} of={features} fault={map.fault} area={area} pick={setArea} />
          <Clocks watch={stands} happenedBy={happenedBy} days={days} setDays={setDays} />
        </div>
      </div>
      <Changes since={since} shift={shift} setShift={setShift} of={changes} note={() => setNoting(true)} />
      <Handovers of={notes} />
      <Areas watch={stands} area={area} pick={setArea} />
      <Incidents of={features} area={area} pick={setArea} names={stands.areas} />
      <Feed clocks={clocks} on={on} />
      {noting && changes.value && (
        <Handover watch={stands} cases={cases} changes={changes.value} maySign={notes.value?.may_sign ?? false} end={() => setNoting(false)} />
      )}
    </div>
  );
}
