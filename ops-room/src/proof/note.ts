// Signed notes (C2SP signed-note): the log's checkpoints and what witnesses put under them. Signatures are checked by the browser's own Ed25519.
import { Broken, type Bytes, fromBase64, hex, joined, same, sha256, utf8 } from "./bytes.ts";

/** Types of keys: a log's, and a witness's (timestamped cosignatures). */
const LOG = 1;
const WITNESS = 4;

export type Key = { name: string; id: Bytes; type: number; key: CryptoKey; text: string };
type Signature = { name: string; id: Bytes; bytes: Bytes };
type Note = { text: string; signatures: Signature[] };
/** So many entries of this log have this root. */
export type Checkpoint = { origin: string; size: number; root: Bytes };

/** Whether this browser can check signatures at all; where it cannot, nothing is said to hold. */
export async function canCheck(): Promise<boolean> {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), "Ed25519", false, ["verify"]);
    return true;
  } catch (error) {
    return error instanceof Error && error.name === "DataError";
  }
}

/** A key as text: `name+id+base64`. Its id has to be that of its name and key. */
export async function readKey(text: string): Promise<Key> {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
  const [, name, id, key] = found ?? [];
  if (!name || !id || !key) throw new Broken("broken-key");
  const typed = fromBase64(key);
  const type = typed[0];
  if (typed.length !== 33 || (type !== LOG && type !== WITNESS)) throw new Broken("broken-key");
  const computed = (await sha256(joined(utf8(`${name}\n`), typed))).slice(0, 4);
  if (hex(computed) !== id) throw new Broken("broken-key");
  const imported = await crypto.subtle.importKey("raw", typed.slice(1), "Ed25519", false, ["verify"]);
  return { name, id: computed, type, key: imported, text: text.trim() };
}

function readNote(note: string): Note {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Broken("broken-note");
  const rows = note.slice(end + 2, -1).split("\n");
  const signatures = rows.map((row) => {
    const [, name, said] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(row) ?? [];
    const bytes = said ? fromBase64(said) : new Uint8Array();
    if (!name || bytes.length < 5) throw new Broken("broken-note");
    return { name, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

function of(note: Note, key: Key): Signature[] {
  return note.signatures.filter((one) => one.name === key.name && same(one.id, key.id));
}

/** Opens a checkpoint that the log with this key signed. */
export async function openCheckpoint(note: string, key: Key): Promise<Checkpoint> {
  const read = readNote(note);
  const signed = of(read, key);
  if (key.type !== LOG || signed.length !== 1) throw new Broken("broken-signature");
  for (const one of signed) {
    if (!(await crypto.subtle.verify("Ed25519", key.key, one.bytes, utf8(read.text)))) throw new Broken("broken-signature");
  }
  const [origin, size, root, ...rest] = read.text.split("\n");
  if (!origin || !size || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !root || rest.join("") !== "") throw new Broken("broken-note");
  if (origin !== key.name) throw new Broken("broken-origin");
  const bytes = fromBase64(root);
  const count = Number(size);
  if (bytes.length !== 32 || !Number.isSafeInteger(count)) throw new Broken("broken-note");
  return { origin, size: count, root: bytes };
}

/** In which second this witness cosigned the note; undefined when it did not. A cosignature that does not hold is none. */
export async function cosignedAt(note: string, key: Key): Promise<number | undefined> {
  const read = readNote(note);
  for (const one of key.type === WITNESS ? of(read, key) : []) {
    if (one.bytes.length !== 72) continue;
    const time = new DataView(one.bytes.buffer, one.bytes.byteOffset, 8).getBigUint64(0);
    const message = utf8(`cosignature/v1\ntime ${time}\n${read.text}`);
    if (await crypto.subtle.verify("Ed25519", key.key, one.bytes.slice(8), message)) return Number(time);
  }
  return undefined;
}
