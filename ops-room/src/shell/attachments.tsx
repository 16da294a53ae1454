// Files that came with a report, with who brought each and by which digest it is known. Opened by keeping them: nothing of what somebody sent is shown as a page.
// What is offered first of a picture is the copy without what the camera wrote into it.
import type { components } from "../api/schema.d.ts";
import { number } from "../words/index.ts";
import { moment } from "./moment.ts";

export type Attachment = components["schemas"]["Attachment"];

/** How long a file is, in the unit that a person would say. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${number(bytes)} B`;
  if (bytes < 1024 * 1024) return `${number(Math.ceil(bytes / 1024))} KB`;
  return `${number(Math.round((bytes / 1024 / 1024) * 10) / 10)} MB`;
}

/** `w` are the words of the screen that shows them. */
export function Attachments({ all, w }: { all: readonly Attachment[]; w: (key: string, fill?: Record<string, string | number>) => string }) {
  if (all.length === 0) return null;
  return (
    <section class="attachments" aria-label={w("attachments")}>
      <h4>{w("attachments")}</h4>
      <ul>
        {all.map((one) => (
          <li key={one.attachment}>
            {one.copy === "cleaned" ? (
              <>
                <a href={`/api/attachments/${one.attachment}/copy`} download={`${one.attachment}-copy.${one.type}`}>
                  {w(`file-${one.type}`)} <bdi class="id">{one.attachment}</bdi>
                </a>{" "}
                ·{" "}
                <a href={`/api/attachments/${one.attachment}`} download={`${one.attachment}.${one.type}`}>
                  {w("file-as-it-came")}
                </a>
              </>
            ) : (
              <a href={`/api/attachments/${one.attachment}`} download={`${one.attachment}.${one.type}`}>
                {w(`file-${one.type}`)} <bdi class="id">{one.attachment}</bdi>
              </a>
            )}{" "}
            <span class="aside">
              {size(one.bytes)} · {moment(one.logged)}
              {one.by && (
                <>
                  {" · "}
                  {w("file-by")} <bdi>{one.by}</bdi>
                </>
              )}
              {one.name && (
                <>
                  {" · "}
                  <bdi>{one.name}</bdi>
                </>
              )}
            </span>
            <details>
              <summary>{w("file-digest")}</summary>
              <code dir="ltr" class="digest">{one.digest}</code>
            </details>
          </li>
        ))}
      </ul>
      <p class="aside">{w("attachments-hint")}</p>
    </section>
  );
}
