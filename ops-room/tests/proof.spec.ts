// The browser's own proofs, held against vectors that the program's record made: each holds as it is, and none with anything in it changed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "@playwright/test";
import { Broken, fromHex, hex, utf8 } from "../src/proof/bytes.ts";
import { cosignedAt, openCheckpoint, readKey } from "../src/proof/note.ts";
import { consistency, inclusion, leafOf } from "../src/proof/tree.ts";

type Inclusion = { entry: string; n: number; size: number; root: string; hashes: string[] };
type Consistency = { old: number; old_root: string; size: number; root: string; hashes: string[] };
type Vectors = {
  inclusions: Inclusion[];
  consistencies: Consistency[];
  note: string;
  key: string;
  cosigned_at: number;
  witnesses: string[];
  line: { text: string; n: number; lines: number; root: string; hashes: string[] };
};
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "vectors/record.json"), "utf8")) as Vectors;

const holds = async ({ entry, n, size, root, hashes }: Inclusion) => inclusion(hashes.map(fromHex), n, size, await leafOf(utf8(entry)), fromHex(root));
const extends_ = ({ old, old_root, size, root, hashes }: Consistency) => consistency(hashes.map(fromHex), old, fromHex(old_root), size, fromHex(root));
const turned = (text: string) => (text.startsWith("0") ? "1" : "0") + text.slice(1);
const fails = (check: Promise<unknown>, what: string) => assert.rejects(check, Broken, what);

test("an entry is proven where it stands and nowhere else", async () => {
  for (const one of vectors.inclusions) {
    const of = `${one.n} of ${one.size}`;
    await holds(one);
    await fails(holds({ ...one, entry: `${one.entry}x` }), of);
    await fails(holds({ ...one, root: turned(one.root) }), of);
    await fails(holds({ ...one, n: one.n + 1 }), of);
    await fails(holds({ ...one, n: -1 }), of);
    await fails(holds({ ...one, n: one.n + 0.5 }), of);
    await fails(holds({ ...one, hashes: [...one.hashes, one.root] }), of);
    for (const at of one.hashes.keys()) {
      await fails(holds({ ...one, hashes: one.hashes.toSpliced(at, 1) }), of);
      await fails(holds({ ...one, hashes: one.hashes.with(at, turned(one.hashes[at] ?? "")) }), of);
    }
  }
});

test("a record extends its own beginning and no other", async () => {
  for (const one of vectors.consistencies) {
    const of = `${one.old} to ${one.size}`;
    await extends_(one);
    await fails(extends_({ ...one, old_root: turned(one.old_root) }), of);
    await fails(extends_({ ...one, hashes: [...one.hashes, one.root] }), of);
    if (one.old > 0) await fails(extends_({ ...one, root: turned(one.root) }), of);
    if (one.hashes.length > 0) await fails(extends_({ ...one, old: one.size + 1 }), of);
    for (const at of one.hashes.keys()) await fails(extends_({ ...one, hashes: one.hashes.with(at, turned(one.hashes[at] ?? "")) }), of);
  }
});

test("a checkpoint opens by its log's key, and a cosignature by its witness's, unchanged to the byte", async () => {
  const key = await readKey(vectors.key);
  const checkpoint = await openCheckpoint(vectors.note, key);
  assert.equal(checkpoint.size, 13);
  assert.equal(hex(checkpoint.root), vectors.inclusions.find((one) => one.size === 13)?.root);
  const [did, didNot] = await Promise.all(vectors.witnesses.map(readKey));
  assert.ok(did && didNot);
  assert.equal(await cosignedAt(vectors.note, did), vectors.cosigned_at);
  assert.equal(await cosignedAt(vectors.note, didNot), undefined);
  await fails(openCheckpoint(vectors.note, did), "a witness's key is no log's");
  const end = vectors.note.indexOf("\n\n");
  for (let at = 0; at < end; at += 1) {
    const one = vectors.note[at] === "A" ? "B" : "A";
    const changed = vectors.note.slice(0, at) + one + vectors.note.slice(at + 1);
    await fails(openCheckpoint(changed, key), `byte ${at}`);
    assert.equal(await cosignedAt(changed, did), undefined, `byte ${at}`);
  }
  for (const wrong of ["", "x", vectors.key.slice(1), `${vectors.key}A`, vectors.key.replace("+", "+0")]) await fails(readKey(wrong), wrong);
});

test("a line of a bulletin's findings is proven by what its entry fixes", async () => {
  const { text, n, lines, root, hashes } = vectors.line;
  await inclusion(hashes.map(fromHex), n, lines, await leafOf(utf8(text)), fromHex(root));
  await fails(inclusion(hashes.map(fromHex), n, lines, await leafOf(utf8("قصفت")), fromHex(root)), "another line");
});
