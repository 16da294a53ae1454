// What a check came to, in words. A check that did not end well is an alarm, and nothing beside it is shown as if it held.
import { number, of } from "../words/index.ts";
import { Broken } from "./bytes.ts";

const w = of("proof");

export type Verdict = { is: "checking" } | { is: "holds"; says?: string } | { is: "broken"; says: string };

/** The words for something that does not hold. */
export function why(error: unknown): string {
  if (error instanceof Broken) return w(error.why, error.fill);
  return w("broken-answer", { say: error instanceof Error ? error.message : String(error) });
}

/** Does a check; what it throws is why it is broken. */
export async function verdict(check: () => Promise<string | undefined>): Promise<Verdict> {
  try {
    const says = await check();
    return says === undefined ? { is: "holds" } : { is: "holds", says };
  } catch (error) {
    return { is: "broken", says: why(error) };
  }
}

export function Mark({ of: found }: { of: Verdict | undefined }) {
  if (!found || found.is === "checking") return <span class="verdict checking">{w("checking")}</span>;
  if (found.is === "broken") {
    return (
      <strong class="verdict broken" role="alert">
        {w("broken")}: {found.says}
      </strong>
    );
  }
  return <span class="verdict holds">{found.says ?? w("holds")}</span>;
}

/** A hash, short, whole on asking. */
export function Hash({ of: text }: { of: string }) {
  return (
    <bdi class="hash" dir="ltr" title={text}>
      {text.slice(0, 12)}…
    </bdi>
  );
}

/** A number that must not be written in other digits: entries are told over the telephone. */
export function plain(n: number): string {
  return number(n);
}

/** A file that the page has made, to be kept. */
export function keep(name: string, text: string, type = "text/plain"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
