// The inbox: a report typed or read out of words, read back with its receipt; what waits on this device; what one took down. Works without a network:
// what is written then is kept on the device and sent once the line is back, under the key that makes it one report.
import { useEffect, useState } from "preact/hooks";
import { address, to } from "../../shell/route.ts";
import { session } from "../../shell/session.ts";
import { of } from "../../words/index.ts";
import { ask } from "./form.ts";
import "./inbox.css";
import { OwnList, WaitingList } from "./lists.tsx";
import { PastedForm } from "./pasted.tsx";
import { type Filed, keepSending, type Sent, type Taken } from "./queue.ts";
import { ReadBack } from "./readback.tsx";
import { TypedForm } from "./typed.tsx";
import { UploadedForm } from "./uploaded.tsx";

const w = of("inbox");
const TAKERS = ["watch-officer", "hotline-operator", "field-monitor", "verifier", "humanitarian-officer"];

export default function Inbox() {
  const may = TAKERS.includes(session.value?.role ?? "");
  const [taken, setTaken] = useState<{ taken: Taken; filed: Filed[] } | null>(null);
  const [waits, setWaits] = useState<{ waits: "offline" | "signed-out"; lost: string[] } | null>(null);
  useEffect(() => {
    if (!may) return undefined;
    void ask();
    void navigator.serviceWorker?.register("/sw.js").catch(() => undefined);
    return keepSending();
  }, [may]);
  if (!may)
    return (
      <>
        <h1>{w("title")}</h1>
        <p>{w("not-yours")}</p>
      </>
    );
  const rest = address.value.rest[0];
  const way = rest === "text" || rest === "files" ? rest : "typed";
  const Form = { typed: TypedForm, text: PastedForm, files: UploadedForm }[way];
  const done = (sent: Sent) => {
    if ("taken" in sent) setTaken(sent);
    if ("waits" in sent) setWaits(sent);
  };
  return (
    <div class="inbox">
      <div class="taking">
        <h1>{w("title")}</h1>
        <nav aria-label={w("ways")} class="ways">
          <a href={to("inbox")} aria-current={way === "typed" ? "page" : undefined} onClick={() => setTaken(null)}>{w("way-typed")}</a>
          <a href={to("inbox", "text")} aria-current={way === "text" ? "page" : undefined} onClick={() => setTaken(null)}>{w("way-text")}</a>
          <a href={to("inbox", "files")} aria-current={way === "files" ? "page" : undefined} onClick={() => setTaken(null)}>{w("way-files")}</a>
        </nav>
        {waits && !taken && (
          <p role="status" class="held">
            {w(`held-${waits.waits}`)}{" "}
            {waits.lost.map((name) => (
              <span key={name} class="lost">
                <bdi>{name}</bdi>: {w("file-not-kept")}{" "}
              </span>
            ))}
            <button type="button" onClick={() => setWaits(null)}>{w("understood")}</button>
          </p>
        )}
        {taken ? <ReadBack taken={taken.taken} filed={taken.filed} onNext={() => setTaken(null)} /> : <Form key={way} done={done} />}
      </div>
      <aside>
        <WaitingList />
        <OwnList />
      </aside>
    </div>
  );
}
