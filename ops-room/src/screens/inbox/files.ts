// Sends one file to a report, with how far it has come. What a file is, the server tells by its bytes; here only its length is looked at.
import { signal } from "@preact/signals";
import { refusal } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

export type Attachment = components["schemas"]["Attachment"];
/** A file with the key under which the server knows it again. */
export type Brought = { key: string; name: string; blob: Blob };
export type Put = { done: Attachment } | { refused: string } | { waits: "offline" | "signed-out" };

/** What the server takes of one file, of one report, and what is kept on the device while there is no connection. */
export const MOST_BYTES = 16 * 1024 * 1024;
export const MOST_FILES = 8;
export const KEPT_BYTES = 5 * 1024 * 1024;

/** What is on its way, in hundredths. */
export const sending = signal<{ name: string; part: number } | null>(null);

/** What turns the direction of what stands beside it, or is not seen at all. */
const TURNS = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function brought(file: File): Brought {
  return { key: crypto.randomUUID(), name: file.name.replace(TURNS, ""), blob: file };
}

/** A name that fits the head of a request. */
function named(name: string): string {
  // Halves of letters are no letters.
  let letters = [...name.replace(/[\uD800-\uDFFF]/gu, "")].slice(-100);
  while (encodeURIComponent(letters.join("")).length > 900) letters = letters.slice(1);
  return encodeURIComponent(letters.join(""));
}

export function put(receipt: string, file: Brought): Promise<Put> {
  // `fetch` does not tell how far a body has gone.
  const asked = new XMLHttpRequest();
  asked.open("POST", `/api/reports/${encodeURIComponent(receipt)}/attachments`);
  asked.setRequestHeader("X-Truceline", "1");
  asked.setRequestHeader("Idempotency-Key", file.key);
  asked.setRequestHeader("Content-Type", "application/octet-stream");
  asked.setRequestHeader("X-File-Name", named(file.name));
  sending.value = { name: file.name, part: 0 };
  asked.upload.onprogress = (event) => {
    if (event.lengthComputable) sending.value = { name: file.name, part: Math.floor((100 * event.loaded) / event.total) };
  };
  return new Promise<Put>((done) => {
    asked.onloadend = () => {
      sending.value = null;
      const status = asked.status;
      if (status === 201) return done({ done: JSON.parse(asked.responseText) as Attachment });
      if (status === 401) return done({ waits: "signed-out" });
      if (status === 0 || status === 408 || status === 429 || status >= 500) return done({ waits: "offline" });
      return done({ refused: said(asked.responseText) || String(status) });
    };
    // A new blob: of a type that the browser knows it would say so in place of ours.
    asked.send(file.blob.slice(0, file.blob.size, "application/octet-stream"));
  });
}

function said(text: string): string {
  try {
    return refusal(JSON.parse(text));
  } catch {
    return "";
  }
}
