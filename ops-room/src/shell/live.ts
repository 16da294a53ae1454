// The server's events: a screen that listens hears of each entry by its number, and when the line breaks it comes back where it was.
import { signal } from "@preact/signals";

/** The last entry that was heard of; screens look again when it changes. */
export const heard = signal(0);
/** Whether the line stands. */
export const connected = signal(false);

let line: EventSource | undefined;

export function listen(): void {
  if (line) return;
  const after = heard.value ? `?after=${heard.value}` : "";
  line = new EventSource(`/api/events${after}`);
  line.onopen = () => (connected.value = true);
  line.onerror = () => (connected.value = false);
  line.addEventListener("entry", (event) => {
    const n = Number((event as MessageEvent).lastEventId);
    if (Number.isSafeInteger(n)) heard.value = Math.max(heard.value, n);
  });
}

export function hangUp(): void {
  line?.close();
  line = undefined;
  connected.value = false;
}
