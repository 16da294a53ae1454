// Looking: asks the server, shows what it said while it is asked again, and asks again when something came. A screen says what to ask and what that
// hangs on; what was said about another moment is never shown as of this one.
import { effect, untracked } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { refusal } from "../api/client.ts";
import { heard } from "./live.ts";

/** Between one look and the next: a flood of entries is a few looks a second, each of all that has come; the first of it is looked at at once. */
const PACE_MS = 250;
/** What could not be asked just now (no network, a server that starts or is busy) is asked again after so long, without anybody's hand. */
const AGAIN_MS = 2_000;

/** Whether an answer that never came, or came with this code, may be another the next time. */
export function mayPass(status: number | undefined): boolean {
  return status === undefined || status === 429 || status >= 500;
}

/**
 * Does `work` now, when one of `on` changes, and after entries that are heard of; never twice at once, and however many come, it is never put off. Where it says
 * `false` it did not come about, and is done again a little later.
 */
export function useHeard(work: (isHere: () => boolean) => Promise<unknown>, on: readonly unknown[]): void {
  const now = useRef(work);
  now.current = work;
  useEffect(() => {
    let isHere = true;
    let running = false;
    let due = false;
    let timer = 0;
    let last = 0;
    const run = async () => {
      timer = 0;
      due = false;
      running = true;
      last = performance.now();
      const done = await now.current(() => isHere).catch(() => false);
      running = false;
      if (due) soon();
      else if (done === false && isHere) timer = window.setTimeout(() => void run(), AGAIN_MS);
    };
    const soon = () => {
      due = true;
      if (!isHere || running || timer) return; // what waits to be done again is soon enough
      timer = window.setTimeout(() => void run(), Math.max(0, last + PACE_MS - performance.now()));
    };
    void run();
    let first = true;
    const stop = effect(() => {
      heard.value;
      if (first) first = false;
      else untracked(soon);
    });
    return () => {
      isHere = false;
      clearTimeout(timer);
      stop();
    };
  }, on);
}

export type Looked<T> = { value: T | undefined; fault: string; status: number | undefined; waits: boolean };
type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Asks now, when `on` changes, and after each entry that is heard of. `on` undefined: asks nothing. */
export function useLook<T>(ask: (end: AbortSignal) => Promise<Answer<T>>, on: string | undefined): Looked<T> {
  const [looked, setLooked] = useState<Looked<T> & { on: string | undefined }>({ value: undefined, fault: "", status: undefined, waits: true, on: undefined });
  const end = useRef(new AbortController());
  useEffect(() => () => end.current.abort(), [on]);
  useHeard(
    async (isHere) => {
      if (on === undefined) return true;
      end.current = new AbortController();
      setLooked((had) => ({ ...had, waits: true }));
      const answer = await ask(end.current.signal).catch((error: unknown) => ({ error, response: undefined }));
      if (!isHere()) return true;
      const data = "data" in answer ? answer.data : undefined;
      const status = answer.response?.status;
      if (data !== undefined) setLooked({ value: data, fault: "", status, waits: false, on });
      else setLooked((had) => ({ value: had.on === on ? had.value : undefined, fault: refusal(answer.error) || String(status ?? ""), status, waits: false, on }));
      return data !== undefined || !mayPass(status);
    },
    [on],
  );
  return looked.on === on ? looked : { value: undefined, fault: "", status: undefined, waits: on !== undefined };
}
