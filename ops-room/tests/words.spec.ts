// Every catalogue has the same keys in each language, the plurals that the language needs, and no word that only a determination may say.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "@playwright/test";

const root = join(import.meta.dirname, "../src/words");
type Catalogue = Record<string, string | Record<string, string>>;
const read = (lang: string, name: string) => JSON.parse(readFileSync(join(root, lang, name), "utf8")) as Catalogue;
const NEEDED = { en: ["one", "other"], ru: ["one", "few", "many"], ar: ["zero", "one", "two", "few", "many", "other"] };
const names = readdirSync(join(root, "en"));

for (const lang of ["en", "ar", "ru"] as const) {
  test(`catalogues of ${lang}`, () => {
    assert.deepEqual(readdirSync(join(root, lang)), names);
    for (const name of names) {
      const [english, other] = [read("en", name), read(lang, name)];
      assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort(), `${lang}/${name}`);
      for (const [key, text] of Object.entries(other)) {
        const place = `${lang}/${name}: ${key}`;
        const all = typeof text === "string" ? [text] : Object.values(text);
        if (typeof text === "object") for (const rule of NEEDED[lang]) assert.ok(text[rule], `${place} lacks ${rule}`);
        for (const one of all) {
          assert.ok(one.trim(), `${place} is empty`);
          assert.doesNotMatch(one, /violat|breach|انتهاك|خرق|нарушени/i, place);
          assert.equal(one.includes("  "), false, place);
        }
        const fills = (of: string | Record<string, string> | undefined) =>
          [...new Set(JSON.stringify(of ?? "").match(/\{\w+\}/g) ?? [])].filter((one) => one !== "{n}").sort();
        assert.deepEqual(fills(text), fills(english[key]), `${place} fills in other things than English`);
      }
    }
  });
}
