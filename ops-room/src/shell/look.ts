// Looking: asks the server, shows what it said while it is asked again, and asks again when something came. A screen says what to ask and what that
// hangs on; what was said about another moment is never shown as of this one.
import { effect, untracked } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { refusal } from "../api/client.ts";
import { heard } from "./live.ts";

/** How long several entries are waited for, so that a flood of them is one question. */
const GATHER_MS = 500;

export type Looked<T> = { value: T | undefined; fault: string; status: number | undefined; waits: boolean };
type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Asks now, when `on` changes, and after each entry that is heard of. `on` undefined: asks nothing. */
export function useLook<T>(ask: (end: AbortSignal) => Promise<Answer<T>>, on: string | undefined): Looked<T> {
  const [looked, setLooked] = useState<Looked<T> & { on: string | undefined }>({ value: undefined, fault: "", status: undefined, waits: true, on: undefined });
  const asking = useRef(ask);
  asking.current = ask;
  useEffect(() => {
    if (on === undefined) return;
    const end = new AbortController();
    let timer = 0;
    let running = false;
    let again = false;
    const look = async () => {
      if (running) {
        again = true;
        return;
      }
      running = true;
      setLooked((had) => ({ ...had, waits: true }));
      const answer = await asking.current(end.signal).catch((error: unknown) => ({ error, response: undefined }));
      running = false;
      if (end.signal.aborted) return;
      const data = "data" in answer ? answer.data : undefined;
      const status = answer.response?.status;
      if (data !== undefined) setLooked({ value: data, fault: "", status, waits: false, on });
      else setLooked((had) => ({ value: had.on === on ? had.value : undefined, fault: refusal(answer.error) || String(status ?? ""), status, waits: false, on }));
      if (again) {
        again = false;
        timer = window.setTimeout(look, GATHER_MS);
      }
    };
    void look();
    let first = true;
    const stop = effect(() => {
      heard.value;
      if (first) first = false;
      else
        untracked(() => {
          clearTimeout(timer);
          timer = window.setTimeout(look, GATHER_MS);
        });
    });
    return () => {
      end.abort();
      clearTimeout(timer);
      stop();
    };
  }, [on]);
  return looked.on === on ? looked : { value: undefined, fault: "", status: undefined, waits: on !== undefined };
}
