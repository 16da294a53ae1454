// The record: what was signed, by whom it was cosigned, and its entries. Every line that says "holds" was checked in this browser, over the bytes that
// the server gave; what does not hold is said so and nothing of it is shown as proven.
import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { ask } from "../../proof/ask.ts";
import { Broken } from "../../proof/bytes.ts";
import { type Cosigner, cosigners, forget, giveKey, grew, isLeaf, leafStands, logKey, open, ownKey, stands, type Trust } from "../../proof/check.ts";
import { Cosignatures } from "../../proof/cosignatures.tsx";
import type { Checkpoint, Key } from "../../proof/note.ts";
import { Hash, keep, Mark, plain, type Verdict, verdict, why } from "../../proof/verdict.tsx";
import "../../proof/proof.css";
import { useKeys } from "../../shell/keys.tsx";
import { useHeard } from "../../shell/look.ts";
import { moment } from "../../shell/moment.ts";
import { address, to } from "../../shell/route.ts";
import { catalogue, lang, of } from "../../words/index.ts";

await catalogue("proof");
const w = of("record");
const p = of("proof");

type Schemas = components["schemas"];
type Record = Schemas["Record"];
type Entry = Schemas["RecordEntry"];

const PAGE = 20;

/** A record whose head was checked. */
type Head = { record: Record; key: Key; trust: Trust; checkpoint: Checkpoint | undefined; by: Cosigner[]; isReached: boolean; grew: string };

const extension = (from: number) => ask(api.GET("/api/record/consistency", { params: { query: { from } } }));

async function check(record: Record): Promise<Head> {
  const { key, trust } = await logKey(record.origin, record.key);
  const signed = record.checkpoint;
  if (!signed) return { record, key, trust, checkpoint: undefined, by: [], isReached: false, grew: "" };
  const checkpoint = await open(signed, key);
  const before = await grew(checkpoint, record.view, extension, key);
  const { by, isReached } = await cosigners(signed.note, record.quorum);
  let said = p("seen-first");
  if (before) said = before.size === checkpoint.size ? p("seen-same", { moment: moment(before.at) }) : p("seen-grew", { moment: moment(before.at), from: before.size });
  return { record, key, trust, checkpoint, by, isReached, grew: said };
}

function OwnKey({ changed, origin }: { changed: () => void; origin: string }) {
  const [fault, setFault] = useState("");
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await giveKey(String(new FormData(event.currentTarget as HTMLFormElement).get("key") ?? ""));
      setFault("");
      changed();
    } catch (error) {
      setFault(why(error));
    }
  };
  return (
    <details>
      <summary>{w("own-key")}</summary>
      <form class="tools" onSubmit={(event) => void send(event)}>
        <label>
          {w("own-key-label")}
          <input name="key" dir="ltr" size={60} spellcheck={false} autocomplete="off" defaultValue={ownKey()} />
        </label>
        <button type="submit">{w("own-key-use")}</button>
        <button
          type="button"
          onClick={() => {
            forget(origin);
            changed();
          }}
        >
          {w("forget")}
        </button>
      </form>
      <p class="aside">{w("own-key-hint")}</p>
      {fault && <p role="alert">{fault}</p>}
    </details>
  );
}

function HeadOf({ head, found, changed }: { head: Head | undefined; found: Verdict; changed: () => void }) {
  const record = head?.record;
  return (
    <section class="sheet" aria-labelledby="head-title">
      <h2 id="head-title">{w("checkpoint")}</h2>
      <p data-verdict={found.is}>
        <Mark of={found} />
      </p>
      {record && head && (
        <>
          <dl class="facts">
            <dt>{w("log")}</dt>
            <dd>
              <bdi>{record.origin}</bdi>
            </dd>
            <dt>{w("entries")}</dt>
            <dd>{head.checkpoint ? w("entries-signed", { n: head.checkpoint.size }) : w("nothing-signed")}</dd>
            {record.checkpoint && (
              <>
                <dt>{w("root")}</dt>
                <dd>
                  <Hash of={record.checkpoint.root} />
                </dd>
              </>
            )}
            <dt>{w("key")}</dt>
            <dd>{p(`trust-${head.trust}`)}</dd>
            <dt>{w("history")}</dt>
            <dd>{head.grew || w("nothing-signed")}</dd>
          </dl>
          {record.view === "witnessed" && <p class="aside">{w("witnessed")}</p>}
          <Cosignatures by={head.by} isReached={head.isReached} needed={record.quorum.needed} />
          <Asked all={record.asked} changed={changed} />
          {record.checkpoint && (
            <details>
              <summary>{w("note")}</summary>
              <pre class="bytes">{record.checkpoint.note}</pre>
            </details>
          )}
          <OwnKey changed={changed} origin={record.origin} />
        </>
      )}
    </section>
  );
}

/** How often the screen looks again whether a witness that lags has come back: no entry tells of that. */
const BACK = 15_000;

/** Witnesses that this server asks by itself: who lags, since when, and why. */
function Asked({ all, changed }: { all: Record["asked"]; changed: () => void }) {
  const lags = all.some((one) => one.lags_since !== null);
  useEffect(() => {
    if (!lags) return;
    const timer = setInterval(changed, BACK);
    return () => clearInterval(timer);
  }, [lags]);
  if (all.length === 0) return null;
  return (
    <>
      <h3>{w("asked")}</h3>
      <ul class="asked">
        {all.map((one) => (
          <li key={one.key} data-witness={one.witness} data-lags={one.lags_since !== null}>
            <bdi>{one.witness}</bdi>: {one.at ? w("asked-holds", { n: one.size, when: moment(one.at) }) : w("asked-never")}
            {one.lags_since && <b> {w("asked-lags", { when: moment(one.lags_since) })}</b>}
            {one.fault && (
              <span class="aside">
                {" "}
                {w("asked-fault", { n: one.failures })} <bdi dir="auto">{one.fault}</bdi>
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** That an entry is what its hash stands for, and stands under a signed checkpoint. */
async function proven(entry: Entry, key: Key): Promise<string> {
  if (entry.text !== null && !(await isLeaf(entry.text, entry.leaf))) throw new Broken("broken-leaf", { entry: entry.n });
  const proof = await ask(api.GET("/api/record/proof", { params: { query: { entry: entry.n } } }));
  if (proof.entry !== entry.n) throw new Broken("broken-inclusion", { entry: entry.n });
  const under = entry.text === null ? await leafStands(proof, entry.leaf, key) : await stands(proof, entry.text, key);
  return w("stands", { n: under.size });
}

async function keepProof(entry: Entry): Promise<void> {
  const proof = await ask(api.GET("/api/record/proof", { params: { query: { entry: entry.n } } }));
  keep(`entry-${entry.n}.tlog-proof`, proof.file);
  if (entry.text !== null) keep(`entry-${entry.n}.json`, entry.text, "application/json");
}

function Row({ entry, found }: { entry: Entry; found: Verdict | undefined }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <tr data-verdict={found?.is ?? "checking"}>
        <th scope="row">
          {entry.text === null ? (
            plain(entry.n)
          ) : (
            <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {plain(entry.n)}
            </button>
          )}
        </th>
        <td>{entry.kind ? kind(entry.kind) : <span class="aside">{w("closed")}</span>}</td>
        <td>{entry.at ? moment(entry.at) : "—"}</td>
        <td>
          <Hash of={entry.leaf} />
        </td>
        <td>
          <Mark of={found} />
        </td>
        <td>
          <button type="button" onClick={() => void keepProof(entry)}>
            {w("keep-proof", { entry: entry.n })}
          </button>
        </td>
      </tr>
      {isOpen && entry.text !== null && (
        <tr>
          <td colSpan={6}>
            <pre class="bytes">{pretty(entry.text)}</pre>
          </td>
        </tr>
      )}
    </>
  );
}

/** What an entry is, in words; a kind that has none yet by its own. */
function kind(of: string): string {
  const said = w(`kind-${of}`);
  return said.startsWith("record.") ? of : said;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Entries({ head }: { head: Head }) {
  const size = head.checkpoint?.size ?? 0;
  const wanted = Number(address.value.rest[0] ?? Number.NaN);
  const last = Math.max(0, size - PAGE);
  const from = Number.isSafeInteger(wanted) && wanted >= 0 ? Math.min(wanted, Math.max(0, size - 1)) : last;
  const [entries, setEntries] = useState<Entry[]>([]);
  const [found, setFound] = useState<{ [n: number]: Verdict }>({});
  const [fault, setFault] = useState("");
  const go = (n: number) => (location.hash = to("record", String(Math.max(0, Math.min(n, last)))));
  useKeys([
    { key: "o", says: w("older"), does: () => go(from - PAGE) },
    { key: "n", says: w("newer"), does: () => go(from + PAGE) },
  ]);
  useEffect(() => {
    let here = true;
    setFault("");
    setFound({});
    const look = async () => {
      const page = await ask(api.GET("/api/record/entries", { params: { query: { from, limit: PAGE } } }));
      if (!here) return;
      setEntries(page.entries);
      for (const [at, entry] of page.entries.entries()) {
        if (entry.n !== from + at) throw new Broken("broken-inclusion", { entry: from + at });
        const one = await verdict(() => proven(entry, head.key));
        if (!here) return;
        setFound((before) => ({ ...before, [entry.n]: one }));
      }
    };
    look().catch((error: unknown) => here && setFault(why(error)));
    return () => {
      here = false;
    };
  }, [from, size]);
  return (
    <section aria-labelledby="entries-title">
      <h2 id="entries-title">{w("entries")}</h2>
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          const n = Number(new FormData(event.currentTarget).get("entry"));
          if (Number.isSafeInteger(n)) location.hash = to("record", String(n));
        }}
      >
        <button type="button" disabled={from === 0} onClick={() => go(from - PAGE)}>
          {w("older")}
        </button>
        <button type="button" disabled={from >= last} onClick={() => go(from + PAGE)}>
          {w("newer")}
        </button>
        <label>
          {w("entry")}
          <input name="entry" type="number" min={0} max={Math.max(0, size - 1)} inputmode="numeric" />
        </label>
        <button type="submit">{w("go")}</button>
      </form>
      {fault && <p role="alert">{fault}</p>}
      <div class="scroll">
        <table class="record-entries">
          <caption>{w("entries-from", { from, until: Math.max(from, from + entries.length - 1), size })}</caption>
          <thead>
            <tr>
              <th scope="col">{w("entry")}</th>
              <th scope="col">{w("kind")}</th>
              <th scope="col">{w("logged")}</th>
              <th scope="col">{w("leaf")}</th>
              <th scope="col">{w("check")}</th>
              <th scope="col">{w("proof")}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Row key={entry.n} entry={entry} found={found[entry.n]} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export default function Screen() {
  const [head, setHead] = useState<Head>();
  const [found, setFound] = useState<Verdict>({ is: "checking" });
  const [turn, setTurn] = useState(0);
  useHeard(
    async (isHere) => {
      let next: Head | undefined;
      const said = await verdict(async () => {
        const record = await ask(api.GET("/api/record"));
        next = await check(record);
        return record.checkpoint ? undefined : w("nothing-signed");
      });
      if (!isHere()) return;
      // What does not hold is not shown beside what held before.
      setHead(next);
      setFound(said);
    },
    [turn, lang.value],
  );
  return (
    <article class="record">
      <h1>{w("title")}</h1>
      <p class="aside">{w("lead")}</p>
      <HeadOf head={head} found={found} changed={() => setTurn(turn + 1)} />
      {head?.checkpoint && <Entries head={head} />}
    </article>
  );
}
