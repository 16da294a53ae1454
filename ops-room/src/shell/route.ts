// The address: `#/screen/rest?as_of=…`. What is shown follows from it, so that any view can be linked to, and going back goes back.
import { computed, signal } from "@preact/signals";

export type Address = { screen: string; rest: string[]; asked: URLSearchParams };

function read(): Address {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [screen = "", ...rest] = path.split("/").map(decodeURIComponent);
  return { screen: screen || "watch", rest, asked: new URLSearchParams(query) };
}

export const address = signal<Address>(read());
addEventListener("hashchange", () => {
  address.value = read();
});

/** The moment that is looked at; none means now. */
export const asOf = computed(() => address.value.asked.get("as_of") ?? undefined);

/** An address of a screen that keeps the moment. */
export function to(screen: string, ...rest: string[]): string {
  const path = [screen, ...rest].map(encodeURIComponent).join("/");
  const moment = asOf.value;
  return `#/${path}${moment ? `?as_of=${encodeURIComponent(moment)}` : ""}`;
}

/** Looks as of another moment, on the same screen. */
export function lookAsOf(moment: string | undefined): void {
  const { screen, rest, asked } = address.value;
  const next = new URLSearchParams(asked);
  if (moment) next.set("as_of", moment);
  else next.delete("as_of");
  const query = next.toString();
  location.hash = `#/${[screen, ...rest].map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}
