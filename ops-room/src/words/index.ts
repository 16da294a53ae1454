// The words of the screens in three languages, one catalogue a screen. No screen writes a word of its own.
// A catalogue of another language is loaded when it is asked for; keys are checked against English when the screens are built.
import { signal } from "@preact/signals";
import shell from "./en/shell.json";

export type Lang = "en" | "ar" | "ru";
export const LANGS: readonly Lang[] = ["en", "ar", "ru"];
/** What each language calls itself. */
export const OWN_NAME: Record<Lang, string> = { en: "English", ar: "العربية", ru: "Русский" };
/** Digits of Arabic pages: those of most phones, or Arabic-Indic ones. */
export type Digits = "latn" | "arab";

type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;
export type Catalogue = Record<string, string | Plural>;

const files = import.meta.glob<Catalogue>("./*/*.json", { import: "default" });
const kept = new Map<string, Catalogue>();

export const lang = signal<Lang>(picked("lang", LANGS) ?? fromBrowser());
export const digits = signal<Digits>(picked("digits", ["latn", "arab"] as const) ?? "latn");

function picked<T extends string>(name: string, among: readonly T[]): T | undefined {
  const found = localStorage.getItem(name);
  return among.find((one) => one === found);
}

function fromBrowser(): Lang {
  const found = navigator.languages.map((one) => one.slice(0, 2)).find((one) => LANGS.some((lang) => lang === one));
  return (found as Lang | undefined) ?? "en";
}

/** Loads what the frame needs in the chosen language, and turns the page its way. */
export async function speak(): Promise<void> {
  await catalogue("shell");
  document.documentElement.lang = lang.value;
  document.documentElement.dir = lang.value === "ar" ? "rtl" : "ltr";
}

/** Chooses a language; every catalogue already in use is loaded in it before anything changes. */
export async function choose(next: Lang): Promise<void> {
  const names = new Set([...kept.keys()].map((key) => key.slice(3)));
  await Promise.all([...names].map((name) => load(next, name)));
  localStorage.setItem("lang", next);
  lang.value = next;
  document.documentElement.lang = next;
  document.documentElement.dir = next === "ar" ? "rtl" : "ltr";
}

export function chooseDigits(next: Digits): void {
  localStorage.setItem("digits", next);
  digits.value = next;
}

/** Loads a screen's catalogue in the language in use. A screen awaits this before it is drawn. */
export async function catalogue(name: string): Promise<void> {
  await Promise.all([load(lang.value, name), load("en", name)]);
}

async function load(of: Lang, name: string): Promise<void> {
  const key = `${of}/${name}`;
  if (kept.has(key)) return;
  const file = files[`./${key}.json`];
  if (!file) throw new Error(`no catalogue ${key}`);
  kept.set(key, await file());
}

/** The numbering system of the page. */
export function locale(): string {
  if (lang.value === "ar") return `ar-u-nu-${digits.value}`;
  return lang.value === "ru" ? "ru" : "en-GB";
}

export function number(n: number): string {
  return new Intl.NumberFormat(locale()).format(n);
}

/** Words by catalogue and key; `{name}` is filled in, numbers in the page's digits; with `n`, the plural that the language asks for. */
export function words(name: string, key: string, fill: Record<string, string | number> = {}): string {
  const found = kept.get(`${lang.value}/${name}`)?.[key] ?? kept.get(`en/${name}`)?.[key];
  const n = fill["n"];
  let text: string | undefined;
  if (typeof found === "object") {
    const rule = new Intl.PluralRules(locale()).select(typeof n === "number" ? n : 0);
    text = found[rule] ?? found.other;
  } else text = found;
  if (text === undefined) return `${name}.${key}`;
  return text.replace(/\{(\w+)\}/g, (whole, one: string) => {
    const value = fill[one];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

/** A catalogue's own function, so that a screen says `w("title")`. */
export function of(name: string): (key: string, fill?: Record<string, string | number>) => string {
  return (key, fill) => words(name, key, fill);
}

export type ShellKey = keyof typeof shell;
