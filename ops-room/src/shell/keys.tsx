// Keys of the frame and of the screen in sight. A screen says what its keys do with `useKeys`; `?` shows all of them. Never taken while somebody types.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { SCREENS } from "../screens/index.ts";
import { of } from "../words/index.ts";
import { to } from "./route.ts";

export type Key = { key: string; says: string; does: () => void };

const w = of("shell");
const screenKeys = signal<readonly Key[]>([]);
const open = signal(false);

/** Keys that hold while the component is shown: from the very paint that shows it, so that a quick hand's first key is not lost. */
export function useKeys(keys: readonly Key[]): void {
  const now = useRef(keys);
  now.current = keys;
  useLayoutEffect(() => {
    const mine = keys.map((one, at) => ({ ...one, does: () => now.current[at]?.does() }));
    screenKeys.value = [...screenKeys.value, ...mine];
    return () => {
      screenKeys.value = screenKeys.value.filter((one) => !mine.includes(one as (typeof mine)[number]));
    };
  }, [keys.map((one) => one.key + one.says).join("|")]);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") {
    open.value = !open.value;
    event.preventDefault();
    return;
  }
  const place = /^[1-9]$/.test(event.key) ? SCREENS[Number(event.key) - 1] : undefined;
  const found = screenKeys.value.findLast((one) => one.key === event.key);
  if (found) found.does();
  else if (place) location.hash = to(place.id);
  else return;
  event.preventDefault();
}

export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open.value]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={() => (open.value = false)}>
      <h2 id="keys-title">{w("keys")}</h2>
      <dl class="keys">
        {screenKeys.value.map((one) => (
          <div key={one.key}>
            <dt>
              <kbd>{one.key}</kbd>
            </dt>
            <dd>{one.says}</dd>
          </div>
        ))}
        {SCREENS.map((screen, at) => (
          <div key={screen.id}>
            <dt>
              <kbd>{at + 1}</kbd>
            </dt>
            <dd>{w(`screen-${screen.id}`)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => (open.value = false)}>
        {w("close")}
      </button>
    </dialog>
  );
}
