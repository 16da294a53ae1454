// Asking the server for what a screen shows, and again when the record has moved on. What is shown stays until something newer has come; what the server
// will not do is told in its own words.
import { useRef, useState } from "preact/hooks";
import { refusal } from "../../api/client.ts";
import { mayPass, useHeard } from "../../shell/look.ts";

export type Asked<T> = { value: T | undefined; fault: string; busy: boolean; again: () => void };
type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What a question was answered with; asked anew when one of `on` changes, or the record does. */
export function useAsked<T>(ask: () => Promise<Answer<T>>, on: readonly unknown[]): Asked<T> {
  const [value, setValue] = useState<T>();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(true);
  const turn = useRef(0);
  const of = on.map(String).join("\n");
  const shown = useRef(of);
  const look = async () => {
    const mine = ++turn.current;
    setBusy(true);
    const answer = await ask().catch((error: unknown) => ({ data: undefined, error, response: undefined }));
    if (mine !== turn.current) return true;
    const { data, error, response } = answer;
    setBusy(false);
    if (response) shown.current = of;
    if (data !== undefined) setValue(() => data);
    else if (response?.status === 404) setValue(undefined);
    setFault(data === undefined ? refusal(error) || String(response?.status ?? "") : "");
    return data !== undefined || !mayPass(response?.status);
  };
  useHeard(look, [of]);
  // What was asked before is not shown under another question.
  return { value: shown.current === of ? value : undefined, fault, busy, again: () => void look() };
}

/** A question without what was left open. */
export function given<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
