// What waits on this device, what was sent from it lately, and the reports that somebody took down. Each shown for what it is: waiting is not received.
import { useState } from "preact/hooks";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useHeard } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import { forgetPerson, session } from "../../shell/session.ts";
import { of } from "../../words/index.ts";
import { Attachments } from "../../shell/attachments.tsx";
import { brought, put } from "./files.ts";
import { forgetForm } from "./form.ts";
import { flush, forget, lately, received, waiting, type Waiting, wipe } from "./queue.ts";
import { FiledList, Values } from "./readback.tsx";
import { Progress } from "./uploaded.tsx";

const w = of("inbox");

function wordsOf(one: Waiting): string {
  return "typed" in one.what ? one.what.typed.words : one.what.confirmed.words;
}

export function WaitingList() {
  const all = waiting.value;
  const clear = async () => {
    if (!confirm(w("wipe-sure"))) return;
    await wipe();
    forgetForm();
    forgetPerson();
  };
  return (
    <section class="waiting-list" aria-live="polite">
      <h2>{w("waiting", { n: all.length })}</h2>
      {all.length > 0 && <p class="aside">{w("waiting-hint")}</p>}
      <ul>
        {all.map((one) => (
          <li key={one.key} class={one.refused ? "refused" : "waits"}>
            <p dir="auto">{wordsOf(one).slice(0, 160)}</p>
            {one.files && <p class="aside">{w("with-files", { n: one.files.length })}{one.taken && ` · ${w("report-in", { receipt: one.taken.receipt })}`}</p>}
            <p class="aside">
              {one.refused ? <span role="alert" dir="auto">{one.refused}</span> : w(one.by === session.value?.name ? "not-received" : "of-another", { by: one.by })} · {moment(one.at)}
            </p>
            <button type="button" onClick={() => confirm(w("forget-sure")) && void forget(one.key)}>{w("forget")}</button>
          </li>
        ))}
      </ul>
      {lately.value.map((one) => (
        <div key={one.receipt} role="status" class="sent">
          {w("sent-later")} <output class="receipt"><bdi>{one.receipt}</bdi></output> <span dir="auto">{one.beginning}</span>
          <FiledList all={one.filed} />
        </div>
      ))}
      {all.length > 0 && (
        <p>
          <button type="button" onClick={() => void flush()}>{w("send-now")}</button>{" "}
          <button type="button" onClick={() => void clear()}>{w("wipe")}</button>
        </p>
      )}
    </section>
  );
}

type Own = components["schemas"]["OwnReports"];
type Whole = components["schemas"]["ReportShown"];

/** A file for a report that is in the record already: sent now, or not at all. */
function AddFile({ receipt, added }: { receipt: string; added: () => void }) {
  const [fault, setFault] = useState("");
  const send = async (file: File | undefined) => {
    if (!file) return;
    setFault("");
    const one = brought(file);
    let came = await put(receipt, one);
    // Once more under the same key, where the line broke.
    if ("waits" in came) came = await put(receipt, one);
    if ("done" in came) added();
    else setFault("refused" in came ? came.refused : w("unreachable"));
  };
  return (
    <>
      <label class="choose">
        {w("add-file")}
        <input
          type="file"
          onChange={(event) => {
            void send(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </label>
      <Progress />
      {fault && <p role="alert" dir="auto">{fault}</p>}
    </>
  );
}

export function OwnList() {
  const [page, setPage] = useState<Own | null>(null);
  const [fault, setFault] = useState("");
  const [shown, setShown] = useState<Whole | null>(null);
  const look = async (before?: number) => {
    const query = before === undefined ? { limit: 20 } : { limit: 20, before };
    const answer = await api.GET("/api/reports", { params: { query } }).catch(() => undefined);
    if (!answer?.data) return setFault(w("unreachable"));
    const more = answer.data;
    setFault("");
    setPage((was) => (before === undefined || !was ? more : { ...more, reports: [...was.reports, ...more.reports] }));
  };
  // Nobody is told of reports of sealed sources by an event: what this screen has sent itself is looked for when it was received.
  useHeard(() => look(), [received.value]);
  const open = async (id: string) => {
    if (shown?.receipt === id) return setShown(null);
    const answer = await api.GET("/api/reports/{id}", { params: { path: { id } } }).catch(() => undefined);
    if (answer?.data) setShown(answer.data);
    else setFault(w("unreachable"));
  };
  const refresh = async (id: string) => {
    const answer = await api.GET("/api/reports/{id}", { params: { path: { id } } }).catch(() => undefined);
    if (answer?.data) setShown(answer.data);
    received.value += 1;
  };
  return (
    <section class="own">
      <h2>{w("own")}</h2>
      {fault && <p role="alert">{fault}</p>}
      {page?.reports.length === 0 && <p class="aside">{w("own-none")}</p>}
      <ul>
        {page?.reports.map((one) => (
          <li key={one.receipt}>
            <button type="button" class="plain" aria-expanded={shown?.receipt === one.receipt} onClick={() => void open(one.receipt)}>
              <bdi class="receipt">{one.receipt}</bdi> <span dir="auto">{one.is_erased ? w("erased") : one.beginning}</span>
            </button>
            <p class="aside">
              {moment(one.known)}{one.is_sealed && ` · ${w("sealed")}`}{one.attachments > 0 && ` · ${w("with-files", { n: one.attachments })}`}
            </p>
            {shown?.receipt === one.receipt && (
              <div class="sheet">
                <p dir="auto" class="as-it-came">{shown.words}</p>
                {shown.reports.map((report) => (
                  <Values key={report.receipt} of={report.understood} />
                ))}
                <Attachments all={shown.attachments} w={w} />
                {!shown.is_erased && <AddFile receipt={shown.receipt} added={() => void refresh(shown.receipt)} />}
              </div>
            )}
          </li>
        ))}
      </ul>
      {page?.next != null && (
        <button type="button" onClick={() => void look(page.next ?? undefined)}>{w("more")}</button>
      )}
    </section>
  );
}
