// What a screen checks of the record before it says that something stands in it: the log's signature, whose cosignatures hold, that the record only grew
// since this browser last looked, that an entry is in it. Keeps the last checkpoint that held, and the log's key, in this browser.
import type { components } from "../api/schema.d.ts";
import { Broken, type Bytes, fromHex, hex, same, sha256, utf8 } from "./bytes.ts";
import { canCheck, type Checkpoint, cosignedAt, type Key, openCheckpoint, readKey } from "./note.ts";
import { consistency, inclusion, leafOf } from "./tree.ts";

type Schemas = components["schemas"];
export type Signed = Schemas["Checkpoint"];
export type Quorum = Schemas["Quorum"];
export type Inclusion = Schemas["InclusionProof"];
export type Consistency = Schemas["ConsistencyProof"];

/** Where the log's key comes from: the reader, what this browser was given the first time, or this answer. */
export type Trust = "own" | "kept" | "first";

const OWN = "record-key-own";

/** The key that the reader has from elsewhere; empty where they gave none. */
export function ownKey(): string {
  return localStorage.getItem(OWN) ?? "";
}

/** Keeps a key that the reader has from elsewhere, if it is one. */
export async function giveKey(text: string): Promise<void> {
  if (text.trim() === "") return localStorage.removeItem(OWN);
  await readKey(text);
  localStorage.setItem(OWN, text.trim());
}

/** The log's key: the reader's own before the one that was given first. One that changed is broken. */
export async function logKey(origin: string, given: string): Promise<{ key: Key; trust: Trust }> {
  if (!(await canCheck())) throw new Broken("cannot-check");
  const own = ownKey();
  if (own) {
    if (own !== given.trim()) throw new Broken("broken-own-key");
    return { key: await readKey(own), trust: "own" };
  }
  const place = `record-key ${origin}`;
  const kept = localStorage.getItem(place);
  if (kept && kept !== given.trim()) throw new Broken("broken-kept-key");
  const key = await readKey(given);
  if (!kept) localStorage.setItem(place, key.text);
  return { key, trust: kept ? "kept" : "first" };
}

/** Opens a checkpoint and holds it against what the answer says beside it. */
export async function open(signed: Signed, key: Key): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(signed.note, key);
  if (checkpoint.size !== signed.size || hex(checkpoint.root) !== signed.root) throw new Broken("broken-beside");
  return checkpoint;
}

export type Cosigner = { name: string; speaksFor: string | null; at: number | undefined };

/** Who cosigned, each signature checked here; and whether that is what is asked for. */
export async function cosigners(note: string, quorum: Quorum): Promise<{ by: Cosigner[]; isReached: boolean }> {
  const by: Cosigner[] = [];
  for (const one of quorum.witnesses) {
    by.push({ name: one.name, speaksFor: one.speaks_for, at: await cosignedAt(note, await readKey(one.key)) });
  }
  const did = by.filter((one) => one.at !== undefined);
  const spoken = new Set(did.map((one) => one.speaksFor));
  const agreed = quorum.agreed.every((asked) => asked.of.filter((actor) => spoken.has(actor)).length >= asked.needed);
  return { by, isReached: quorum.needed > 0 && did.length >= quorum.needed && agreed };
}

type Seen = { size: number; root: string; at: string };

export function seen(origin: string, view: string): Seen | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(`record-seen ${view} ${origin}`) ?? "") as Seen;
    return Number.isSafeInteger(kept.size) && /^[0-9a-f]{64}$/.test(kept.root) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** That the record only grew since this browser last looked at this view of it; then it is remembered. Gives what was seen before. */
export async function grew(head: Checkpoint, view: string, ask: (from: number) => Promise<Consistency>, key: Key): Promise<Seen | undefined> {
  const before = seen(head.origin, view);
  if (before) {
    if (before.size > head.size) throw new Broken("broken-shorter", { seen: before.size, size: head.size });
    if (before.size === head.size && before.root !== hex(head.root)) throw new Broken("broken-fork", { size: head.size });
    if (before.size < head.size) {
      const proof = await ask(before.size);
      const of = await open(proof.checkpoint, key);
      // The record may have grown while it was asked: what is proven is the newer one.
      await consistency(proof.hashes.map(fromHex), before.size, fromHex(before.root), of.size, of.root);
      if (of.size === head.size && !same(of.root, head.root)) throw new Broken("broken-fork", { size: head.size });
      if (of.size < head.size) throw new Broken("broken-consistency", { from: before.size, size: head.size });
    }
  }
  const now: Seen = { size: head.size, root: hex(head.root), at: new Date().toISOString() };
  if (!before || before.size < head.size) localStorage.setItem(`record-seen ${view} ${head.origin}`, JSON.stringify(now));
  return before;
}

/** Forgets what was seen: for a reader who was told by the mission that the record was begun anew. */
export function forget(origin: string): void {
  for (const name of Object.keys(localStorage)) {
    if (name === `record-key ${origin}` || (name.startsWith("record-seen ") && name.endsWith(` ${origin}`))) localStorage.removeItem(name);
  }
}

/** That these bytes are the entry that the proof speaks of, under a checkpoint of this log. */
export async function stands(proof: Inclusion, text: string, key: Key): Promise<Checkpoint> {
  const checkpoint = await open(proof.checkpoint, key);
  await inclusion(proof.hashes.map(fromHex), proof.entry, checkpoint.size, await leafOf(utf8(text)), checkpoint.root);
  return checkpoint;
}

/** That the entry with this leaf stands under a checkpoint of this log. */
export async function leafStands(proof: Inclusion, leaf: string, key: Key): Promise<Checkpoint> {
  const checkpoint = await open(proof.checkpoint, key);
  await inclusion(proof.hashes.map(fromHex), proof.entry, checkpoint.size, fromHex(leaf), checkpoint.root);
  return checkpoint;
}

/** That an entry's bytes have this leaf. */
export async function isLeaf(text: string, leaf: string): Promise<boolean> {
  return hex(await leafOf(utf8(text))) === leaf;
}

/** That a line is number `n` of the `lines` lines under `root`. */
export async function lineStands(text: string, n: number, hashes: string[], lines: number, root: string): Promise<void> {
  await inclusion(hashes.map(fromHex), n, lines, await leafOf(utf8(text)), fromHex(root));
}

/** That bytes have this SHA-256. */
export async function isDigest(bytes: Bytes, digest: string): Promise<boolean> {
  return hex(await sha256(bytes)) === digest;
}
