// What waits on this device to be sent: each report with the key under which the server knows it again, so that an answer which was lost and a second sending make one report.
// Kept here are only reports that have no receipt yet; what has one is cleared. Sent only in the name of whoever wrote it.
import { signal } from "@preact/signals";
import { api, refusal } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { session } from "../../shell/session.ts";
import { of } from "../../words/index.ts";
import { type Attachment, type Brought, KEPT_BYTES, type Put, put } from "./files.ts";

export type TypedReport = components["schemas"]["TypedReport"];
export type ConfirmedWords = components["schemas"]["ConfirmedWords"];
export type Taken = components["schemas"]["Taken"];
export type Refusal = components["schemas"]["Refusal"];

export type Waiting = {
  key: string;
  by: string;
  at: string;
  what: { typed: TypedReport } | { confirmed: ConfirmedWords };
  /** Why the server will not take it as it is; it stays until somebody deletes it. */
  refused: string | null;
  /** Files that go with it, small enough to be kept. */
  files?: Brought[];
  /** What the server said of the report, where its files are still to come. */
  taken?: Taken;
};

/** What became of a file: in the record, or why not. */
export type Filed = { name: string; done?: Attachment; refused?: string };

/** What came of one sending. */
export type Sent = { taken: Taken; filed: Filed[] } | { refused: string; refusals: Refusal[] } | { waits: "offline" | "signed-out"; lost: string[] };

const w = of("inbox");

/** Goes up with each report that was received from this device. */
export const received = signal(0);
export const waiting = signal<readonly Waiting[]>([]);

const STORE = "waiting";
let opening: Promise<IDBDatabase> | undefined;
let sending: Promise<void> | undefined;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((done, fail) => {
    const asked = indexedDB.open("truceline-inbox", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error ?? new Error("no storage"));
  });
  return opening;
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode, { durability: "strict" });
  const asked = work(transaction.objectStore(STORE));
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done(asked.result);
    transaction.onabort = transaction.onerror = () => fail(transaction.error ?? asked.error ?? new Error("not kept"));
  });
}

export async function look(): Promise<void> {
  const all = await within<Waiting[]>("readonly", (store) => store.getAll() as IDBRequest<Waiting[]>);
  waiting.value = all.sort((a, b) => a.at.localeCompare(b.at));
}

async function keep(one: Waiting): Promise<void> {
  await within("readwrite", (store) => store.put(one));
  await look();
}

export async function forget(key: string): Promise<void> {
  await within("readwrite", (store) => store.delete(key));
  await look();
}

/** Takes everything of this area off the device, sent or not. */
export async function wipe(): Promise<void> {
  await within("readwrite", (store) => store.clear());
  await look();
}

/** Keeps a report on the device, and sends it if that can be done now. */
export async function hand(what: Waiting["what"], all: readonly Brought[] = []): Promise<Sent> {
  const one: Waiting = { key: crypto.randomUUID(), by: session.value?.name ?? "", at: new Date().toISOString(), what, refused: null };
  const [small, large] = kept(all);
  if (small.length) one.files = small;
  await keep(one);
  await navigator.storage?.persist?.().catch(() => false);
  const sent = await send(one, large);
  // What the form can still put right does not wait.
  if ("refusals" in sent) await forget(one.key);
  return sent;
}

/** Files that are small enough, together, to be kept while there is no connection; and the others. */
export function kept(all: readonly Brought[]): [Brought[], Brought[]] {
  let left = KEPT_BYTES;
  const [small, large]: [Brought[], Brought[]] = [[], []];
  for (const file of [...all].sort((a, b) => a.blob.size - b.blob.size)) {
    left -= file.blob.size;
    (left >= 0 ? small : large).push(file);
  }
  return [small, large];
}

async function send(one: Waiting, large: readonly Brought[] = []): Promise<Sent> {
  const lost = large.map((file) => file.name);
  const told = one.taken ? { taken: one.taken } : await report(one);
  if ("waits" in told) return { waits: told.waits, lost };
  if ("refused" in told) return told;
  const filed: Filed[] = [];
  let files = one.files ?? [];
  if (files.length) await keep({ ...one, taken: told.taken });
  for (const file of files) {
    const came = await put(told.taken.receipt, file);
    if ("waits" in came) return { waits: came.waits, lost };
    filed.push(named(file, came));
    files = files.filter((other) => other !== file);
    if (files.length) await keep({ ...one, taken: told.taken, files });
  }
  await forget(one.key);
  received.value += 1;
  for (const file of large) filed.push(named(file, await put(told.taken.receipt, file)));
  return { taken: told.taken, filed };
}

function named(file: Brought, came: Put): Filed {
  if ("done" in came) return { name: file.name, done: came.done };
  return { name: file.name, refused: "refused" in came ? came.refused : w("file-not-kept") };
}

async function report(one: Waiting): Promise<{ taken: Taken } | Extract<Sent, { refused: string }> | { waits: "offline" | "signed-out" }> {
  if (one.by !== session.value?.name) return { waits: "signed-out" };
  const params = { header: { "Idempotency-Key": one.key } };
  const asked =
    "typed" in one.what
      ? api.POST("/api/reports", { params, body: one.what.typed })
      : api.POST("/api/proposals/confirmed", { params, body: one.what.confirmed });
  const answer = await asked.catch(() => undefined);
  const status = answer?.response.status ?? 0;
  if (answer?.data) return { taken: answer.data };
  if (status === 401) return { waits: "signed-out" };
  if (status === 0 || status === 408 || status === 429 || status >= 500) return { waits: "offline" };
  const error: unknown = answer?.error;
  const refusals = error && typeof error === "object" && "refusals" in error ? (error.refusals as Refusal[]) : [];
  return { refused: refusal(error), refusals };
}

/** The receipts of what was sent later, for who looks at the screen. */
export const lately = signal<readonly { receipt: string; beginning: string; filed: readonly Filed[] }[]>([]);

/** Sends all that waits, one after the other. */
export function flush(): Promise<void> {
  sending ??= all().finally(() => (sending = undefined));
  return sending;
}

async function all(): Promise<void> {
  await look();
  for (const one of waiting.value.filter((one) => !one.refused)) {
    const sent = await send(one);
    if ("taken" in sent) {
      const words = "typed" in one.what ? one.what.typed.words : one.what.confirmed.words;
      lately.value = [{ receipt: sent.taken.receipt, beginning: words.slice(0, 80), filed: sent.filed }, ...lately.value].slice(0, 20);
    } else if ("refused" in sent) await keep({ ...one, refused: sent.refused });
    else return;
  }
}

/** Goes on trying as long as the screen is open. */
export function keepSending(): () => void {
  const now = () => void flush().catch(() => undefined);
  now();
  addEventListener("online", now);
  const every = setInterval(() => waiting.value.some((one) => !one.refused) && now(), 15_000);
  return () => {
    removeEventListener("online", now);
    clearInterval(every);
  };
}
