// The list of incidents: narrowed by words, time, what was found, clause and party; one key moves, one opens. It shows pages and says how many there are.
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client.ts";
import { useKeys } from "../../shell/keys.tsx";
import { moment } from "../../shell/moment.ts";
import { address, asOf, to } from "../../shell/route.ts";
import { lang, number } from "../../words/index.ts";
import { given, useAsked } from "./asking.ts";
import { List, Outcome, Range, type Schemas, w, Words } from "./parts.tsx";

const PAGE = 50;
const FIELDS = ["text", "from", "until", "summary", "clause", "party"] as const;
const SUMMARIES = ["disputed", "prohibited", "undetermined", "not-prohibited", "not-covered"] as const;

type Line = Schemas["ListedIncident"];

/** The address of the list under other conditions; the moment stays. */
function narrowed(form: FormData): string {
  const asked = new URLSearchParams();
  for (const name of FIELDS) {
    const value = String(form.get(name) ?? "").trim();
    if (value) asked.set(name, value);
  }
  if (asOf.value) asked.set("as_of", asOf.value);
  return `#/incidents${asked.size ? `?${asked}` : ""}`;
}

function asks(skip: number) {
  const { asked } = address.value;
  const one = (name: string) => asked.get(name) ?? undefined;
  return given({
    lang: lang.value, skip, limit: PAGE, as_of: asOf.value, text: one("text"), from: one("from"), until: one("until"),
    clause: one("clause"), party: one("party"), summary: SUMMARIES.find((word) => word === one("summary")),
  });
}

function Narrow() {
  const { value } = useAsked(() => api.GET("/api/mission"), []);
  const { asked } = address.value;
  const send = (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLElement;
    location.hash = narrowed(new FormData((form.closest("form") ?? form) as HTMLFormElement));
  };
  const name = (texts: Record<string, string>) => texts[lang.value] ?? texts["en"] ?? Object.values(texts)[0] ?? "";
  return (
    <form class="narrow" role="search" onSubmit={send}>
      <label>
        {w("words")}
        <input name="text" type="search" maxLength={60} dir="auto" value={asked.get("text") ?? ""} id="incident-search" />
      </label>
      <label>
        {w("from")}
        <input name="from" type="date" value={asked.get("from") ?? ""} onChange={send} />
      </label>
      <label>
        {w("until")}
        <input name="until" type="date" value={asked.get("until") ?? ""} onChange={send} />
      </label>
      <label>
        {w("found")}
        <select name="summary" value={asked.get("summary") ?? ""} onChange={send}>
          <option value="">{w("any")}</option>
          {SUMMARIES.map((one) => (
            <option key={one} value={one}>
              {w(`summary-${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {w("reached-by")}
        <select name="clause" value={asked.get("clause") ?? ""} onChange={send}>
          <option value="">{w("any")}</option>
          {value?.clauses.map((one) => (
            <option key={one.id} value={one.id}>
              {name(one.title)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {w("done-by")}
        <select name="party" value={asked.get("party") ?? ""} onChange={send}>
          <option value="">{w("any")}</option>
          {value?.actors
            .filter((one) => one.is_party)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {name(one.names)}
              </option>
            ))}
        </select>
      </label>
      <button type="submit">{w("look")}</button>
    </form>
  );
}

type Held = (link: HTMLAnchorElement | null) => void;

function Row({ line, isChosen, choose, hold }: { line: Line; isChosen: boolean; choose: () => void; hold: Held }) {
  return (
    <li class={isChosen ? "entry chosen" : "entry"}>
      <a ref={hold} href={to("incidents", line.incident)} onFocus={choose}>
        <Words>{line.title}</Words>
      </a>
      <p>
        <Outcome of={line.summary} /> <span>{line.when ? <Words>{line.when.words}</Words> : w("no-time")}</span>
        {line.killed && (
          <span>
            {" · "}
            {w("killed")} <Range of={line.killed} />
          </span>
        )}
        {line.wounded && (
          <span>
            {" · "}
            {w("wounded")} <Range of={line.wounded} />
          </span>
        )}
        <span>
          {" · "}
          {w("origins", { n: line.origins })}
        </span>
        {line.actors.length > 0 && (
          <span>
            {" · "}
            {w("said-by-whom")} <List all={line.actors.map((one) => <Words>{one.name}</Words>)} />
          </span>
        )}
      </p>
      {line.turns_on && (
        <p class="aside">
          <Words>{line.turns_on}</Words>
        </p>
      )}
    </li>
  );
}

export function IncidentList() {
  const [pages, setPages] = useState(1);
  const [chosen, setChosen] = useState(-1);
  const asked = asks(0);
  const of = JSON.stringify(asked);
  const first = useAsked(() => api.GET("/api/incidents", { params: { query: asked } }), [of]);
  const [more, setMore] = useState<{ of: string; lines: Line[]; next: number | null }>({ of: "", lines: [], next: null });
  useEffect(() => {
    setPages(1);
    setChosen(-1);
  }, [of]);
  const kept = more.of === of && pages > 1 ? more : undefined;
  const lines = [...(first.value?.incidents ?? []), ...(kept?.lines ?? [])];
  const next = kept ? kept.next : (first.value?.next ?? null);
  const show = async () => {
    if (next === null) return;
    const { data } = await api.GET("/api/incidents", { params: { query: asks(next) } });
    if (!data) return first.again();
    setMore({ of, lines: [...(kept?.lines ?? []), ...data.incidents], next: data.next });
    setPages(pages + 1);
  };
  const links = useRef<(HTMLAnchorElement | null)[]>([]);
  // The focus says which is chosen.
  const move = (by: number) => links.current[Math.min(lines.length - 1, Math.max(0, chosen + by))]?.focus();
  useKeys([
    { key: "j", says: w("key-next"), does: () => move(1) },
    { key: "k", says: w("key-before"), does: () => move(-1) },
    { key: "/", says: w("key-search"), does: () => document.getElementById("incident-search")?.focus() },
  ]);
  return (
    <>
      <h1>{w("title")}</h1>
      <Narrow />
      {first.fault && <p role="alert">{first.fault}</p>}
      {first.value && (
        <p class="aside" role="status">
          {w("count", { n: first.value.total })} · {w("as-known", { moment: moment(first.value.as_of) })}
        </p>
      )}
      {!first.value && !first.fault && <p class="waiting">{w("loading")}</p>}
      {first.value?.total === 0 && <p>{w("none")}</p>}
      <ol class="incidents">
        {lines.map((line, at) => (
          <Row
            key={line.incident}
            line={line}
            isChosen={at === chosen}
            choose={() => setChosen(at)}
            hold={(link) => {
              links.current[at] = link;
            }}
          />
        ))}
      </ol>
      {next !== null && (
        <button type="button" onClick={() => void show()}>
          {w("more", { n: (first.value?.total ?? 0) - lines.length })}
        </button>
      )}
      <p class="aside">{lines.length > 0 && w("shown", { shown: number(lines.length) })}</p>
    </>
  );
}
