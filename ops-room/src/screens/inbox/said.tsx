// Who says it. A caller and whoever writes it down are sealed; a name is asked for only where the mission has holders to seal it for.
import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client.ts";
import { lang, of } from "../../words/index.ts";
import { name, offer, type Named, sorted } from "./form.ts";
import type { TypedReport } from "./queue.ts";

export type Says = { who: "caller" | "myself" | "source"; name: string; source: string };
const w = of("inbox");

export function saidBy(says: Says): NonNullable<TypedReport["said_by"]> {
  if (says.who === "myself") return "myself";
  if (says.who === "source" && says.source) return { source: says.source };
  return { caller: says.name.trim() || null };
}

export function SaidBy({ says, set }: { says: Says; set: (says: Says) => void }) {
  const [sources, setSources] = useState<Named[]>([]);
  const asked = says.who === "source";
  useEffect(() => {
    if (!asked || sources.length) return;
    void api
      .GET("/api/mission")
      .then((answer) => setSources(sorted((answer.data?.sources ?? []) as Named[])))
      .catch(() => undefined);
  }, [asked]);
  return (
    <fieldset class="said-by">
      <legend>{w("said-by")}</legend>
      {(["caller", "myself", "source"] as const).map((one) => (
        <label key={one} class="choice">
          <input type="radio" name="said-by" checked={says.who === one} onChange={() => set({ ...says, who: one })} /> {w(`said-by-${one}`)}
        </label>
      ))}
      {says.who === "caller" && offer.value?.can_seal && (
        <label>
          {w("caller-name")}
          <input value={says.name} onInput={(event) => set({ ...says, name: event.currentTarget.value })} autocomplete="off" maxLength={100} dir="auto" />
        </label>
      )}
      {asked && (
        <label lang={lang.value}>
          {w("source")}
          <select value={says.source} onChange={(event) => set({ ...says, source: event.currentTarget.value })}>
            <option value="">{w("choose")}</option>
            {sources.map((one) => (
              <option key={one.id} value={one.id}>{name(one)}</option>
            ))}
          </select>
        </label>
      )}
      <p class="aside">{w(`said-by-${says.who}-hint`)}</p>
    </fieldset>
  );
}
