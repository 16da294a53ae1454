// A report typed: its words, and beside them what, where, when, who and how many, in as few keys as can be. What is left empty is unknown and stays so.
import { useEffect, useRef, useState } from "preact/hooks";
import { session } from "../../shell/session.ts";
import { mission } from "../../shell/session.ts";
import { lang, of } from "../../words/index.ts";
import { fitting, hour, name, offer, places, plain, sorted, today, when } from "./form.ts";
import { Combo, NOTHING, type Picked } from "./combo.tsx";
import { hand, type Refusal, type Sent, type TypedReport } from "./queue.ts";
import { SaidBy, saidBy, type Says } from "./said.tsx";

const w = of("inbox");

type Typed = { words: string; act: Picked; place: Picked; day: string; hour: string; actor: string; killed: string; wounded: string };
const EMPTY: Typed = { words: "", act: NOTHING, place: NOTHING, day: "", hour: "", actor: "", killed: "", wounded: "" };

/** Where the server says something of a column, and where it stands in the form. */
const AT: Record<string, keyof Typed> = { act: "act", place: "place", when: "hour", actor: "actor", killed: "killed", wounded: "wounded" };

export function TypedForm({ done }: { done: (sent: Sent) => void }) {
  const [typed, setTyped] = useState<Typed>(EMPTY);
  const [says, setSays] = useState<Says>({ who: session.value?.role === "hotline-operator" ? "caller" : "myself", name: "", source: "" });
  const [faults, setFaults] = useState<readonly Refusal[]>([]);
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const words = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => words.current?.focus(), []);
  const put = (part: Partial<Typed>) => setTyped((was) => ({ ...was, ...part }));
  const send = async () => {
    if (busy || !typed.words.trim()) return words.current?.focus();
    const at = hour(typed.hour);
    if (at === undefined) {
      setFaults([{ field: "when", found: typed.hour, would_be_right: w("hour-hint") }]);
      return undefined;
    }
    if (typed.act.words.trim() && !typed.act.id) {
      setFaults([{ field: "act", found: typed.act.words, would_be_right: w("act-hint") }]);
      return undefined;
    }
    setBusy(true);
    setFaults([]);
    setRefused("");
    const sent = await hand({ typed: report(typed, at, says) }).catch((error: unknown): Sent => ({ refused: w("not-kept", { why: String(error) }), refusals: [] }));
    setBusy(false);
    if ("refusals" in sent) {
      setFaults(sent.refusals);
      if (!sent.refusals.length) setRefused(sent.refused);
      return undefined;
    }
    setTyped(EMPTY);
    done(sent);
    return undefined;
  };
  const fault = (field: keyof Typed) => faults.filter((one) => AT[one.field ?? ""] === field);
  const elsewhere = faults.filter((one) => !AT[one.field ?? ""]);
  const text = (field: "killed" | "wounded", label: string) => (
    <Field label={label} faults={fault(field)}>
      {(described) => (
        <input {...described} value={typed[field]} onInput={(event) => put({ [field]: event.currentTarget.value })} maxLength={20} autocomplete="off" dir="ltr" class="figure" />
      )}
    </Field>
  );
  const looked = offer.value;
  const days: [string, string][] = [0, 1, 2].map((back) => [today(back), w(`day-${back}`)]);
  return (
    <form
      ref={form}
      class="typed"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void send();
        }
      }}
    >
      <label class="words">
        {w("words")}
        <textarea ref={words} rows={5} dir="auto" required maxLength={100_000} value={typed.words} onInput={(event) => put({ words: event.currentTarget.value })} />
      </label>
      <div class="fields">
        <Combo label={w("what")} offered={w("acts")} value={typed.act} pick={(act) => put({ act })} find={(words) => fitting(looked?.act ?? [], words)} faults={fault("act")} closed />
        <Combo label={w("where")} offered={w("places")} value={typed.place} pick={(place) => put({ place })} find={places} faults={fault("place")} />
        <Field label={w("hour", { zone: zoneName() })} faults={fault("hour")}>
          {(described) => (
            <input {...described} value={typed.hour} onInput={(event) => put({ hour: event.currentTarget.value })} placeholder="10:15" maxLength={8} autocomplete="off" inputMode="numeric" dir="ltr" />
          )}
        </Field>
        {text("killed", w("killed"))}
        {text("wounded", w("wounded"))}
        <Field label={w("day")} faults={[]}>
          {(described) => (
            <select {...described} value={typed.day || today()} onChange={(event) => put({ day: event.currentTarget.value })}>
              {days.map(([value, label]) => (
                <option key={value} value={value}>{label}</option>
              ))}
              <option value="unknown">{w("unknown")}</option>
            </select>
          )}
        </Field>
        <Field label={w("who")} faults={fault("actor")}>
          {(described) => (
            <select {...described} value={typed.actor} onChange={(event) => put({ actor: event.currentTarget.value })}>
              <option value="">{w("not-said")}</option>
              <option value="unknown">{w("said-unknown")}</option>
              {sorted(looked?.actor ?? []).map((one) => (
                <option key={one.id} value={one.id}>{name(one)}</option>
              ))}
            </select>
          )}
        </Field>
        <SaidBy says={says} set={setSays} />
      </div>
      <p class="aside">{w("figures-hint")}</p>
      {refused && <p role="alert" dir="auto">{refused}</p>}
      {elsewhere.map((one) => (
        <p key={one.field} role="alert" dir="auto">{one.field}: {one.would_be_right}</p>
      ))}
      <button type="submit" disabled={busy}>
        {w("send")} <kbd>Ctrl Enter</kbd>
      </button>
    </form>
  );
}

function zoneName(): string {
  const names = mission.value?.zone_name;
  return names?.[lang.value] ?? names?.["en"] ?? offer.value?.zone ?? "";
}

function report(typed: Typed, at: string, says: Says): TypedReport {
  const day = typed.day === "unknown" ? "" : typed.day || today();
  const fields: NonNullable<TypedReport["fields"]> = {};
  const put = (field: keyof typeof fields, value: string) => {
    if (value) fields[field] = value;
  };
  put("act", typed.act.id);
  put("place", typed.place.id || typed.place.words.trim());
  put("when", when(day, at));
  put("actor", typed.actor);
  put("killed", plain(typed.killed));
  put("wounded", plain(typed.wounded));
  return { words: typed.words.trim(), fields, said_by: saidBy(says) };
}

type Described = { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean };
let fields = 0;

function Field({ label, faults, children }: { label: string; faults: readonly Refusal[]; children: (described: Described) => preact.ComponentChildren }) {
  const [id] = useState(() => `report-field-${++fields}`);
  const described: Described = faults.length ? { id, "aria-describedby": `${id}-fault`, "aria-invalid": true } : { id };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(described)}
      {faults.map((one) => (
        <p key={one.found} id={`${id}-fault`} role="alert" dir="auto">
          {one.found}: {one.would_be_right}
        </p>
      ))}
    </div>
  );
}
