// A field with an offer: a part of a name in any script is typed, and what fits is offered. What fits nothing stays in the words that were typed, or is
// said to be none where only what is offered can be taken.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Refusal } from "./queue.ts";

export type Option = { id: string; name: string; within?: string };
export type Picked = { id: string; words: string };
export const NOTHING: Picked = { id: "", words: "" };

type Props = {
  label: string;
  offered: string;
  value: Picked;
  pick: (of: Picked) => void;
  find: (words: string) => Promise<Option[]> | Option[];
  /** Only what is offered: leaving the field takes the first that fits. */
  closed?: boolean;
  faults?: readonly Refusal[];
};

export function Combo({ label, offered, value, pick, find, closed = false, faults = [] }: Props) {
  const id = useId();
  const [found, setFound] = useState<Option[]>([]);
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const asked = useRef(0);
  const look = (words: string) => {
    const mine = ++asked.current;
    const take = (all: Option[]) => {
      if (mine !== asked.current) return;
      setFound(all);
      setAt(0);
    };
    const answer = find(words);
    if (answer instanceof Promise) void answer.then(take).catch(() => take([]));
    else take(answer);
  };
  useEffect(() => {
    if (!value.words.trim() || value.id) {
      asked.current += 1;
      setFound([]);
      return undefined;
    }
    if (closed) {
      look(value.words.trim());
      return undefined;
    }
    const soon = setTimeout(() => look(value.words.trim()), 120);
    return () => clearTimeout(soon);
  }, [value.words, value.id]);
  const choose = (one: Option) => {
    pick({ id: one.id, words: one.name });
    setOpen(false);
    setFound([]);
  };
  const shown = open && found.length > 0;
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const first = found[at];
    if (step) {
      if (shown) setAt((at + step + found.length) % found.length);
      else {
        setOpen(true);
        look(value.id ? "" : value.words.trim());
      }
      event.preventDefault();
    } else if (shown && event.key === "Enter" && !event.ctrlKey && first) {
      choose(first);
      event.preventDefault();
    } else if (event.key === "Tab" && closed && shown && first) choose(first);
    else if (event.key === "Escape") setOpen(false);
  };
  return (
    <div class="field combo">
      <label for={id}>{label}</label>
      <input
        id={id}
        role="combobox"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${id}-${at}` : undefined}
        aria-invalid={faults.length > 0 || undefined}
        aria-describedby={faults.length ? `${id}-fault` : undefined}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        maxLength={100}
        value={value.words}
        onInput={(event) => {
          pick({ id: "", words: event.currentTarget.value });
          setOpen(true);
        }}
        onKeyDown={pressed}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={offered} hidden={!shown}>
        {found.map((one, n) => (
          <li key={one.id} id={`${id}-${n}`} role="option" aria-selected={n === at} onPointerDown={() => choose(one)}>
            <bdi>{one.name}</bdi> {one.within && <bdi class="aside">{one.within}</bdi>}
          </li>
        ))}
      </ul>
      {faults.map((one) => (
        <p key={one.found} id={`${id}-fault`} role="alert" dir="auto">
          {one.found}: {one.would_be_right}
        </p>
      ))}
    </div>
  );
}
