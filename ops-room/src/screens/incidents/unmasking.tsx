// Sealed sources that were asked for: who asked and why, which holders have released, who opened. Asking is done here. Releasing and opening are not: the
// holders' keys stay on their machines, so that the screen says which command each of them runs, and no share and no name ever comes to it.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, key, refusal } from "../../api/client.ts";
import { useKeys } from "../../shell/keys.tsx";
import { moment } from "../../shell/moment.ts";
import { to } from "../../shell/route.ts";
import { useAsked } from "./asking.ts";
import { Id, List, type Schemas, w, Words } from "./parts.tsx";

type Request = Schemas["UnmaskRequest"];

function Command({ children }: { children: string }) {
  return (
    <p>
      <code dir="ltr" class="command" tabIndex={0}>{children}</code>
    </p>
  );
}

function One({ of: one, needed, holders }: { of: Request; needed: number | null; holders: string[] }) {
  const left = holders.filter((holder) => !one.released.some((released) => released.holder === holder));
  return (
    <li class={`sheet unmask unmask-${one.stands}`}>
      <h2>
        {w("unmask-of")} <Id>{one.of}</Id> <span class="aside">{w(one.stands === "released" ? "unmask-enough" : `unmask-${one.stands}`)}</span>
      </h2>
      <p>
        <Words>{one.by}</Words>: <span dir="auto">{one.why}</span>
      </p>
      <p class="aside">
        {w("entry")} <Id>{one.request}</Id> · {moment(one.at)} · {w("unmask-until", { moment: moment(one.until) })}
      </p>
      <p>
        {w("unmask-released", { n: one.released.length, needed: needed ?? 0 })}{" "}
        <List all={one.released.map((released) => <Words>{released.holder}</Words>)} />
      </p>
      {one.stands === "asked" && (
        <>
          <p>
            {w("unmask-holders-run")} <List all={left.map((holder) => <Words>{holder}</Words>)} />
          </p>
          <Command>{`truceline seal pack ${one.request} --store STORE --out request-${one.request}.json`}</Command>
          <Command>{`truceline seal release-offline request-${one.request}.json --log KEY --key OWN.age --out release-${one.request}.json`}</Command>
          <Command>{`truceline seal take release-${one.request}.json --store STORE --by NAME`}</Command>
        </>
      )}
      {one.stands === "released" && (
        <>
          <p>{w("unmask-opener-runs")}</p>
          <Command>{`truceline seal open ${one.request} --store STORE --key OPENER.age --by NAME`}</Command>
        </>
      )}
      {one.opened.map((opened) => (
        <p key={opened.entry}>
          {w("unmask-opened-by")} <Words>{opened.by}</Words> · {w("entry")} <Id>{opened.entry}</Id>
        </p>
      ))}
      <p class="aside">
        {w("unmask-to")} <code dir="ltr" class="command">{one.to}</code>
      </p>
    </li>
  );
}

function Ask({ of, again }: { of: string; again: () => void }) {
  const [wanted, setWanted] = useState({ of, why: "", to: "" });
  const [told, setTold] = useState("");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const why = useRef<HTMLInputElement>(null);
  useEffect(() => setWanted((was) => ({ ...was, of })), [of]);
  useKeys([{ key: "q", says: w("unmask-ask"), does: () => (of ? why : first).current?.focus() }]);
  const ask = async () => {
    if (busy) return;
    setBusy(true);
    setFault("");
    setTold("");
    const body = { of: wanted.of.trim(), why: wanted.why.trim(), to: wanted.to.trim() };
    const answer = await api.POST("/api/unmaskings", { params: { header: { "Idempotency-Key": key() } }, body }).catch(() => undefined);
    setBusy(false);
    if (!answer?.data) return setFault(answer ? refusal(answer.error) : w("no-line-asked"));
    setWanted({ of: "", why: "", to: "" });
    setTold(w("logged-as", { entry: String(answer.data.request) }));
    again();
  };
  const text = (field: keyof typeof wanted, label: string, more: { dir?: "auto" | "ltr"; maxLength: number; ref?: typeof first }) => (
    <label>
      {label}
      <input {...more} required type="text" autocomplete="off" value={wanted[field]} onInput={(event) => setWanted({ ...wanted, [field]: event.currentTarget.value })} />
    </label>
  );
  return (
    <form
      class="sheet asking"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <h2>{w("unmask-ask")}</h2>
      {text("of", w("unmask-receipt"), { dir: "ltr", maxLength: 24, ref: first })}
      {text("why", w("why-answer"), { dir: "auto", maxLength: 1000, ref: why })}
      {text("to", w("unmask-key"), { dir: "ltr", maxLength: 100 })}
      <p class="aside">{w("unmask-key-hint")}</p>
      <Command>truceline seal init-holder --key OPENER.age</Command>
      <button type="submit" disabled={busy}>{w("unmask-ask")}</button>
      <p role="status" aria-live="polite">{told}</p>
      {fault && <p role="alert" dir="auto">{fault}</p>}
    </form>
  );
}

export function Unmasking({ of }: { of: string }) {
  const asked = useAsked(() => api.GET("/api/unmaskings"), []);
  const all = asked.value;
  // Nobody is told of requests by an event.
  useEffect(() => {
    const every = setInterval(asked.again, 30_000);
    return () => clearInterval(every);
  }, []);
  return (
    <article class="incident unmasking">
      <p class="aside">
        <a href={to("incidents")}>{w("title")}</a>
      </p>
      <h1>{w("unmask-title")}</h1>
      <p>{w("unmask-hint")}</p>
      {asked.fault && <p role="alert" dir="auto">{asked.fault}</p>}
      {!all && !asked.fault && <p class="waiting">{w("loading")}</p>}
      {all && (
        <>
          <p>
            {all.holders.length === 0 ? (
              w("unmask-no-holders")
            ) : (
              <>
                {w("unmask-holders", { n: all.open_by ?? 0 })} <List all={all.holders.map((one) => <Words>{one}</Words>)} />
              </>
            )}
          </p>
          {all.holders.length > 0 && <Ask of={of} again={asked.again} />}
          {all.requests.length === 0 && <p class="aside">{w("unmask-none")}</p>}
          <ul class="plain">
            {all.requests.map((one) => (
              <One key={one.request} of={one} needed={all.open_by} holders={all.holders} />
            ))}
          </ul>
        </>
      )}
    </article>
  );
}
