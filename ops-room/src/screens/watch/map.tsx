// The map's place on the screen: loads the drawing when it is needed, gives it what lies on it, and says in words what its shapes and fills mean.
// Everything on it stands in the tables beside it; who cannot see it loses nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client.ts";
import { useLook } from "../../shell/look.ts";
import { actorName, sourceName, text } from "../../shell/names.ts";
import { to } from "../../shell/route.ts";
import { lang, of as words } from "../../words/index.ts";
import type { Drawing } from "./drawing.ts";
import { within } from "./incidents.tsx";
import type { MapOf, Watch } from "./shared.ts";

const w = words("watch");
const STATES = ["collapsed", "fraying", "holding", "no-truce", "not-observed"] as const;
const SUMMARIES = ["prohibited", "disputed", "undetermined", "not-prohibited", "not-covered"] as const;

type Props = { watch: Watch; of: MapOf | undefined; fault: string; area: string | undefined; pick: (area: string | undefined) => void };

function Key({ watch, of }: { watch: Watch; of: MapOf | undefined }) {
  const states = STATES.filter((state) => watch.areas.some((one) => one.state === state));
  const lines = of?.lines.features ?? [];
  return (
    <>
      <ul class="key">
        {states.map((state) => (
          <li key={state}>
            <span class={`patch state-${state}`} aria-hidden="true" /> {w(`state-${state}`)}
          </li>
        ))}
        {SUMMARIES.map((one) => (
          <li key={one}>
            <span class={`shape shape-${one}`} aria-hidden="true" /> {w(`sum-${one}`)}
          </li>
        ))}
        <li>
          <span class="patch circle" aria-hidden="true" /> {w("key-circle")}
        </li>
        <li>
          <span class="patch calm" aria-hidden="true" /> {w("key-calm")}
        </li>
      </ul>
      {lines.length > 0 && (
        <ul class="key lines">
          {lines.map((one, n) => (
            <li key={one.properties.area}>
              <span class={`patch asserted asserted-${n % 4}`} aria-hidden="true" />{" "}
              <span dir="auto">
                {text(one.properties.names)} · {w("asserted", { who: one.properties.asserted_by ? sourceName(one.properties.asserted_by) : w("nobody") })}
                {one.properties.held_by && ` · ${w("held-by", { who: actorName(one.properties.held_by) })}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {of && of.nowhere > 0 && <p class="aside">{w("nowhere", { n: of.nowhere })}</p>}
    </>
  );
}

/** Changes when the colours of the page do: what is drawn has taken its colours from them. */
function useColours(): number {
  const [n, setN] = useState(0);
  useEffect(() => {
    const changed = () => setN((had) => had + 1);
    const theme = new MutationObserver(changed);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    return () => {
      theme.disconnect();
      system.removeEventListener("change", changed);
    };
  }, []);
  return n;
}

export function Map({ watch, of, fault, area, pick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const [at, setAt] = useState<string[]>([]);
  const areas = useLook((signal) => api.GET("/api/map/areas", { signal }), "areas");
  const colours = useColours();
  const picking = useRef(pick);
  picking.current = pick;
  useEffect(() => {
    if (!box.current || !areas.value) return;
    let here = true;
    const place = box.current;
    const outlines = areas.value;
    import("./drawing.ts")
      .then(async ({ draw }) => {
        const made = await draw(place, outlines, { area: (id) => picking.current(id), incidents: (ids) => setAt(ids) });
        if (!here) return made.end();
        drawing.current = made;
        setDrawn(true);
      })
      .catch(() => here && setFailed(true));
    return () => {
      here = false;
      drawing.current?.end();
      drawing.current = undefined;
      setDrawn(false);
    };
  }, [areas.value !== undefined, colours]);
  useEffect(() => {
    if (drawn) drawing.current?.states(watch, text);
  }, [drawn, watch, lang.value]);
  useEffect(() => {
    if (drawn && of) drawing.current?.lies(of);
  }, [drawn, of]);
  useEffect(() => {
    if (drawn) drawing.current?.pick(area);
  }, [drawn, area]);
  const found = of?.incidents.features.map((one) => one.properties).filter((one) => at.includes(one.incident)) ?? [];
  return (
    <section class="sheet" aria-labelledby="map-title">
      <h2 id="map-title">{w("map")}</h2>
      {(fault || areas.fault) && <p role="alert">{fault || areas.fault}</p>}
      {failed ? <p role="status">{w("map-failed")}</p> : <div ref={box} class="map" data-drawn={drawn} dir="ltr" />}
      {found.length > 0 && (
        <ul class="plain found" aria-live="polite">
          {found.slice(0, 6).map((one) => (
            <li key={one.incident}>
              <a href={to("incidents", one.incident)} dir="auto">
                {text(one.title)}
              </a>{" "}
              <span class={`badge sum-${one.summary}`}>{w(`sum-${one.summary}`)}</span> <span class="aside">{within(one.within_m)}</span>
            </li>
          ))}
        </ul>
      )}
      <Key watch={watch} of={of} />
    </section>
  );
}
