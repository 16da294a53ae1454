// A new case: under which procedure, on which clause, about which incidents, against whom, on whose allegation, in whose words.
import { useRef, useState } from "preact/hooks";
import { api, key, refusal } from "../../api/client.ts";
import { address, to } from "../../shell/route.ts";
import { given } from "../incidents/asking.ts";
import { Id, Words } from "../incidents/parts.tsx";
import { DoneWhen } from "./acting.tsx";
import { actor, clause, mission, procedure, procedures, w, zoned } from "./names.ts";

export function Opening() {
  const [chosen, setChosen] = useState("");
  const [fault, setFault] = useState("");
  const [kept, setKept] = useState("");
  const [busy, setBusy] = useState(false);
  const sent = useRef({ text: "", key: "" });
  const all = procedures.value?.procedures ?? [];
  const one = all.find((each) => each.id === chosen) ?? all[0];
  const taken = one && one.takes.length > 0 ? one.takes : (mission.value?.clauses ?? []).filter((each) => each.kind !== "procedure").map((each) => each.id);
  const incident = address.value.asked.get("incident") ?? "";
  const parties = (mission.value?.actors ?? []).filter((each) => each.kind !== "unspecified");
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const body = {
      procedure: text("procedure"), clause: text("clause"), complainant: text("complainant"),
      incidents: text("incidents").split(/[\s,]+/).filter(Boolean),
      respondents: form.getAll("respondent").map(String).filter(Boolean),
      ...given({ words: text("words") || undefined, when: text("when") ? zoned(text("when")) : undefined }),
    };
    const said = JSON.stringify(body);
    if (sent.current.text !== said) sent.current = { text: said, key: key() };
    setBusy(true);
    setFault("");
    setKept("");
    const answer = await api.POST("/api/cases", { params: { header: { "Idempotency-Key": sent.current.key } }, body }).catch(() => undefined);
    setBusy(false);
    if (answer?.data?.case) location.hash = to("cases", answer.data.case);
    else if (answer?.response.status === 422) setKept(refusal(answer.error));
    else setFault(answer ? refusal(answer.error) : w("no-line"));
  };
  return (
    <article class="case">
      <p class="aside">
        <a href={to("cases")}>{w("title")}</a>
      </p>
      <h1>{w("open-one")}</h1>
      {(kept || fault) && <p role="alert">{kept || fault}</p>}
      <form class="act sheet" onSubmit={(event) => void send(event)}>
        <label>
          {w("procedure")}
          <select name="procedure" required value={one?.id ?? ""} onChange={(event) => setChosen(event.currentTarget.value)}>
            {all.map((each) => (
              <option key={each.id} value={each.id}>
                {procedure(each.id)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w("clause")}
          <select name="clause" required>
            {taken.map((id) => (
              <option key={id} value={id}>
                {clause(id)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w("incidents")}
          <input name="incidents" dir="ltr" defaultValue={incident} aria-describedby="several" />
        </label>
        <p class="aside" id="several">
          {w("several-incidents")} {incident && <Id>{incident}</Id>}
        </p>
        <label>
          {w("complainant")}
          <select name="complainant" required>
            <option value="mission">{w("complainant-mission")}</option>
            <option value="public">{w("complainant-public")}</option>
            {parties.map((each) => (
              <option key={each.id} value={`party:${each.id}`}>
                {actor(each.id)}
              </option>
            ))}
          </select>
        </label>
        <fieldset class="respondents">
          <legend>{w("respondents")}</legend>
          {parties.map((each) => (
            <label key={each.id} class="pick">
              <input type="checkbox" name="respondent" value={each.id} />
              <Words>{actor(each.id)}</Words>
            </label>
          ))}
        </fieldset>
        <label>
          {w("in-words")}
          <textarea name="words" rows={5} maxLength={16_000} dir="auto" required />
        </label>
        <DoneWhen />
        <button type="submit" disabled={busy}>
          {w("open-one")}
        </button>
      </form>
    </article>
  );
}
