// What came, the last known first, page by page.
import { useEffect, useState } from "preact/hooks";
import { api, refusal } from "../../api/client.ts";
import { useLook } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import { sourceName, text, type Schemas } from "../../shell/names.ts";
import { to } from "../../shell/route.ts";
import { of } from "../../words/index.ts";

const w = of("watch");
const PAGE = 15;
type Item = Schemas["Feed"]["items"][number];

function Said({ one }: { one: Item }) {
  const title = text(one.title);
  const where = text(one.place);
  return (
    <li>
      <time dateTime={one.at ?? undefined}>{one.at ? moment(one.at) : ""}</time>{" "}
      <span class="badge">{one.kind === "report" ? w(`says-${one.says}`) : one.kind === "decision" ? w(`decided-${one.says}`) : w(`came-${one.kind}`)}</span>{" "}
      {one.kind === "report" && <b dir="auto">{one.source ? sourceName(one.source) : w("protected-source")}</b>}
      {one.origin && one.origin !== one.source && <span class="aside"> {w("quoting", { who: sourceName(one.origin) })}</span>}{" "}
      {one.incident ? (
        <a href={to("incidents", one.incident)} dir="auto">
          {title || one.incident}
        </a>
      ) : (
        where && <span dir="auto">{where}</span>
      )}
      {one.case && (
        <a href={to("cases", one.case)}>
          <bdi>{one.case}</bdi>
        </a>
      )}{" "}
      {one.summary && <span class={`badge sum-${one.summary}`}>{w(`sum-${one.summary}`)}</span>}
    </li>
  );
}

export function Feed({ clocks, on }: { clocks: { as_of?: string; happened_by?: string }; on: string }) {
  const first = useLook((signal) => api.GET("/api/watch/feed", { params: { query: { ...clocks, limit: PAGE } }, signal }), on);
  const [rest, setRest] = useState<{ items: Item[]; next: string | null | undefined; fault: string }>({ items: [], next: undefined, fault: "" });
  useEffect(() => setRest({ items: [], next: undefined, fault: "" }), [on, first.value]);
  const next = rest.next === undefined ? first.value?.next : rest.next;
  const more = async () => {
    const { data, error } = await api.GET("/api/watch/feed", { params: { query: { ...clocks, limit: PAGE, before: next ?? "" } } });
    if (data) setRest((had) => ({ items: [...had.items, ...data.items], next: data.next, fault: "" }));
    else setRest((had) => ({ ...had, fault: refusal(error) }));
  };
  const items = [...(first.value?.items ?? []), ...rest.items];
  return (
    <section class="sheet" aria-labelledby="feed-title">
      <h2 id="feed-title">{w("feed")}</h2>
      {(first.fault || rest.fault) && <p role="alert">{first.fault || rest.fault}</p>}
      {first.value && items.length === 0 && <p class="aside">{w("feed-none")}</p>}
      <ul class="plain feed">
        {items.map((one) => (
          <Said key={`${one.entry}/${one.kind}/${one.at}`} one={one} />
        ))}
      </ul>
      {next && (
        <button type="button" onClick={() => void more()}>
          {w("older")}
        </button>
      )}
    </section>
  );
}
