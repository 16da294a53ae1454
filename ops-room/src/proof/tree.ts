// The tree of RFC 6962 over entries: what a proof comes to. A proof that does not come to the root that was signed is broken, and says so.
import { Broken, type Bytes, joined, same, sha256 } from "./bytes.ts";

const LEAF: Bytes = Uint8Array.of(0);
const NODE: Bytes = Uint8Array.of(1);

/** The hash of an entry as a leaf. */
export function leafOf(entry: Bytes): Promise<Bytes> {
  return sha256(joined(LEAF, entry));
}

function node(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(joined(NODE, left, right));
}

function isNumber(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

/** Checks that the entry with this leaf is number `n` of the `size` entries under `root`. */
export async function inclusion(hashes: Bytes[], n: number, size: number, leaf: Bytes, root: Bytes): Promise<void> {
  if (!isNumber(n) || !isNumber(size) || n >= size) throw new Broken("broken-inclusion", { entry: n });
  let [at, last, hash] = [n, size - 1, leaf];
  for (const beside of hashes) {
    if (last === 0) throw new Broken("broken-inclusion", { entry: n });
    if (odd(at) || at === last) {
      hash = await node(beside, hash);
      while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else hash = await node(hash, beside);
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0 || !same(hash, root)) throw new Broken("broken-inclusion", { entry: n });
}

/** Checks that the `size` entries under `root` begin with the `old` entries under `oldRoot`. */
export async function consistency(hashes: Bytes[], old: number, oldRoot: Bytes, size: number, root: Bytes): Promise<void> {
  const broken = () => new Broken("broken-consistency", { from: old, size });
  if (!isNumber(old) || !isNumber(size) || old > size) throw broken();
  if (old === size || old === 0) {
    if (hashes.length > 0 || (old === size && !same(oldRoot, root))) throw broken();
    if (old === 0 && !same(oldRoot, await sha256(new Uint8Array()))) throw broken();
    return;
  }
  const path = [...hashes];
  let [at, last] = [old - 1, size - 1];
  while (odd(at)) [at, last] = [half(at), half(last)];
  const first = at === 0 ? oldRoot : path.shift();
  if (!first) throw broken();
  let [before, now] = [first, first];
  for (const beside of path) {
    if (last === 0) throw broken();
    if (odd(at) || at === last) {
      before = await node(beside, before);
      now = await node(beside, now);
      while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else now = await node(now, beside);
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0 || !same(before, oldRoot) || !same(now, root)) throw broken();
}
