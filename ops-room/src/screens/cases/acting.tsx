// What somebody can do in a case now, as forms: what the server offers, each with what it takes. The server takes or refuses it, and both stand in the record.
import { useRef, useState } from "preact/hooks";
import { api, key, refusal } from "../../api/client.ts";
import { asOf } from "../../shell/route.ts";
import { given, useAsked } from "../incidents/asking.ts";
import { Words } from "../incidents/parts.tsx";
import { actor, gravity, mission, procedures, type Schemas, stage, w, wall, zoned } from "./names.ts";

type Whole = Schemas["WholeCase"];
type Act = Schemas["Act"]["act"];

/** A field for a moment; a mission that looks back says when something was done. */
export function When({ name, label, value }: { name: string; label: string; value?: string }) {
  return (
    <label>
      {label}
      <input type="datetime-local" name={name} defaultValue={value} required />
    </label>
  );
}

export function DoneWhen() {
  const told = mission.value;
  if (!told?.opens_at) return null;
  return <When name="when" label={w("done-when")} value={wall(told.now)} />;
}

function Choice({ name, label, all, empty }: { name: string; label: string; all: [string, string][]; empty?: string }) {
  return (
    <label>
      {label}
      <select name={name} required={empty === undefined}>
        {empty !== undefined && <option value="">{empty}</option>}
        {all.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

const actors = (): [string, string][] => (mission.value?.actors ?? []).map((one) => [one.id, actor(one.id)]);
const entries = (all: { entry: number; words?: string | null }[]): [string, string][] =>
  all.map((one) => [String(one.entry), `${one.entry} ${one.words?.slice(0, 60) ?? ""}`]);

function Stance({ respondents }: { respondents: string[] }) {
  const answers: [string, string][] = ["yes", "no", "unclear"].map((one) => [one, w(`answer-${one}`)]);
  const scale = procedures.value?.gravity ?? [];
  return (
    <>
      <Choice name="happened" label={w("happened")} all={answers} />
      <fieldset>
        <legend>{w("who-did")}</legend>
        {respondents.map((one) => (
          <label key={one} class="pick">
            <input type="checkbox" name="who" value={one} />
            <Words>{actor(one)}</Words>
          </label>
        ))}
        <p class="aside">{w("nobody-ticked")}</p>
      </fieldset>
      <Choice name="prohibited" label={w("prohibited")} all={answers} />
      {scale.length > 0 && <Choice name="gravity" label={w("how-grave")} all={scale.map((one) => [one.id, gravity(one.id)])} empty={w("not-said")} />}
    </>
  );
}

type Context = { one: Whole | undefined; offered: Schemas["Offered"]; procedure: string };

/** The fields of an act, its words apart. */
function Fields({ act, of: { one, offered, procedure } }: { act: string; of: Context }) {
  const awaited = offered.awaited;
  const then = (awaited?.then ?? []).map((id): [string, string] => [id, stage(procedure, id)]);
  switch (act) {
    case "step":
      return then.length > 1 ? <Choice name="then" label={w("then-to")} all={then} /> : null;
    case "determine":
      return (
        <>
          <Stance respondents={one?.respondents ?? []} />
          {then.length > 1 && <Choice name="then" label={w("then-to")} all={then} />}
        </>
      );
    case "join":
      return <Choice name="complainant" label={w("complainant")} all={actors().map(([id, name]) => [`party:${id}`, name])} />;
    case "evidence":
      return (
        <>
          <label>
            {w("receipt")}
            <input name="receipt" inputMode="numeric" pattern="[0-9]*" dir="ltr" />
          </label>
          <label class="pick">
            <input type="checkbox" name="sealed" value="yes" />
            {w("is-sealed")}
          </label>
        </>
      );
    case "disclose":
      return (
        <>
          <Choice name="item" label={w("item")} all={entries(one?.evidence ?? [])} />
          <Choice name="to" label={w("to-whom")} all={actors()} />
        </>
      );
    case "name":
      return <Choice name="actor" label={w("respondent")} all={actors()} />;
    case "incident":
      return (
        <label>
          {w("incident")}
          <input name="incident" required dir="ltr" maxLength={256} />
        </label>
      );
    case "dissent":
      return <Choice name="of" label={w("from-determination")} all={entries(one?.determinations ?? [])} />;
    case "undertake":
      return <When name="due" label={w("until-when")} />;
    case "follow-up":
      return (
        <>
          <Choice name="of" label={w("undertaking")} all={entries(one?.undertakings ?? [])} />
          <Choice name="kept" label={w("was-kept")} all={["yes", "no"].map((id) => [id, w(`answer-${id}`)])} />
        </>
      );
    case "reopen":
      return <Choice name="evidence" label={w("new-evidence")} all={entries(one?.evidence ?? [])} />;
    case "lapse":
      return <Choice name="step" label={w("which-step")} all={(one?.clocks ?? []).map((clock) => [clock.step, stage(procedure, clock.step)])} />;
    default:
      return null;
  }
}

/** What the server wants for an act, out of its form. */
function read(act: string, form: FormData, offered: Schemas["Offered"]): Act | undefined {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const number = (name: string) => Number(text(name));
  const step = offered.awaited?.step ?? "";
  const then = text("then") || null;
  switch (act) {
    case "step":
      return { step: { step, then, due: null } };
    case "determine": {
      const answer = (name: string) => text(name) as Schemas["Answer"];
      const stance = { happened: answer("happened"), who: form.getAll("who").map(String), prohibited: answer("prohibited"), gravity: text("gravity") || null };
      return { determine: { step, then, stance } };
    }
    case "join":
      return { join: text("complainant") };
    case "evidence":
      return { evidence: { receipt: text("receipt") ? number("receipt") : null, sealed: text("sealed") === "yes" } };
    case "disclose":
      return { disclose: { item: number("item"), to: text("to") } };
    case "name":
      return { name: text("actor") };
    case "incident":
      return { incident: text("incident") };
    case "means":
      return { means: {} };
    case "recuse":
      return { recuse: {} };
    case "extend":
      return { extend: {} };
    case "withdraw":
      return { withdraw: {} };
    case "dissent":
      return { dissent: { of: number("of") } };
    case "undertake":
      return { undertake: { due: zoned(text("due")) } };
    case "follow-up":
      return { "follow-up": { of: number("of"), kept: text("kept") === "yes" } };
    case "reopen":
      return { reopen: { evidence: number("evidence") } };
    case "lapse":
      return { lapse: { step: text("step") } };
    default:
      return undefined;
  }
}

/** Acts that say something in words; the others take none. */
const SPOKEN = new Set(["step", "determine", "means", "evidence", "recuse", "dissent", "undertake"]);

type Told = { said: string; isRefused: boolean };

export function Form({ id, act, of, done }: { id: string; act: string; of: Context; done: (told: Told) => void }) {
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  // The same key as long as the same form is sent: a broken line makes no second entry.
  const sent = useRef<{ text: string; key: string }>({ text: "", key: "" });
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const read_ = read(act, data, of.offered);
    if (!read_) return;
    const words = String(data.get("words") ?? "").trim();
    const when = String(data.get("when") ?? "");
    const body = { act: read_, ...given({ words: words || undefined, when: when ? zoned(when) : undefined }) };
    const text = JSON.stringify(body);
    if (sent.current.text !== text) sent.current = { text, key: key() };
    setBusy(true);
    setFault("");
    const params = { path: { id }, header: { "Idempotency-Key": sent.current.key } };
    const answer = await api.POST("/api/cases/{id}/acts", { params, body }).catch(() => undefined);
    setBusy(false);
    if (answer?.data) done({ said: w("taken", { entry: String(answer.data.entry) }), isRefused: false });
    else if (answer?.response.status === 422) done({ said: refusal(answer.error), isRefused: true });
    else setFault(answer ? refusal(answer.error) : w("no-line"));
  };
  return (
    <form class="act" onSubmit={(event) => void send(event)} aria-label={w(`act-${act}`)}>
      <Fields act={act} of={of} />
      {SPOKEN.has(act) && (
        <label>
          {w("in-words")}
          <textarea name="words" rows={4} maxLength={16_000} dir="auto" required={act !== "evidence"} />
        </label>
      )}
      <DoneWhen />
      {fault && <p role="alert">{fault}</p>}
      <button type="submit" disabled={busy}>
        {w(`act-${act}`)}
      </button>
    </form>
  );
}

export function Offered({ id, one, procedure, again }: { id: string; one: Whole | undefined; procedure: string; again: () => void }) {
  const query = given({ as_of: asOf.value });
  const { value, again: anew } = useAsked(() => api.GET("/api/cases/{id}/offered", { params: { path: { id }, query } }), [id, asOf.value]);
  const [told, setTold] = useState<Told>();
  const [isOpen, setOpen] = useState("");
  if (asOf.value !== undefined) return <p class="aside">{w("only-now")}</p>;
  if (!value || value.acts.length === 0) return null;
  const done = (said: Told) => {
    setTold(said);
    setOpen("");
    again();
    anew();
  };
  // What waits for this person comes first.
  const acts = [...value.acts].sort((a, b) => Number(["step", "determine"].includes(b)) - Number(["step", "determine"].includes(a)));
  return (
    <section aria-labelledby="offered" class="sheet">
      <h2 id="offered">{w("offered")}</h2>
      {value.is_awaited && <p class="overdue">{w("waits-for-you")}</p>}
      <p role={told?.isRefused ? "alert" : "status"}>{told?.said}</p>
      {acts.map((act) => (
        <details key={act} open={isOpen === act} onToggle={(event) => event.currentTarget.open && setOpen(act)}>
          <summary>
            {w(`act-${act}`)}
            {["step", "determine"].includes(act) && value.awaited && (
              <>
                : <Words>{stage(procedure, value.awaited.step)}</Words>
              </>
            )}
          </summary>
          {isOpen === act && <Form id={id} act={act} of={{ one, offered: value, procedure }} done={done} />}
        </details>
      ))}
    </section>
  );
}
