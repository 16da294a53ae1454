// What is published, for anybody: bulletins, what they found, and what proves it. What is shown of a bulletin is read out of the bytes of its own entry,
// after this browser has found that entry in the record which the quorum cosigned; what the server says beside them is not believed.
import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { ask } from "../../proof/ask.ts";
import { Broken } from "../../proof/bytes.ts";
import { type Cosigner, cosigners, grew, isDigest, lineStands, logKey, open, stands, type Trust } from "../../proof/check.ts";
import { Cosignatures } from "../../proof/cosignatures.tsx";
import type { Key } from "../../proof/note.ts";
import { Hash, Mark, type Verdict, verdict, why } from "../../proof/verdict.tsx";
import "../../proof/proof.css";
import "../bulletins/bulletins.css";
import { moment } from "../../shell/moment.ts";
import { address, to } from "../../shell/route.ts";
import { mission } from "../../shell/session.ts";
import { catalogue, lang, LANGS, number, of, OWN_NAME } from "../../words/index.ts";

await catalogue("proof");
const w = of("public");
const p = of("proof");

type Schemas = components["schemas"];
const VIEW = "public";
const MAP = "incidents.geojson";
const PAGE = 50;

/** The log as everybody is told of it, its latest public checkpoint checked. */
type Log = { record: Schemas["PublicRecord"]; key: Key; trust: Trust; grew: string };

async function theLog(): Promise<Log> {
  const record = await ask(api.GET("/api/public/record"));
  mission.value ??= { id: "", title: record.title, zone: record.zone, zone_name: {} };
  const { key, trust } = await logKey(record.origin, record.key);
  if (!record.checkpoint) return { record, key, trust, grew: "" };
  const head = await open(record.checkpoint, key);
  const before = await grew(head, VIEW, (from) => ask(api.GET("/api/public/consistency", { params: { query: { from } } })), key);
  let said = p("seen-first");
  if (before) said = before.size === head.size ? p("seen-same", { moment: moment(before.at) }) : p("seen-grew", { moment: moment(before.at), from: before.size });
  return { record, key, trust, grew: said };
}

/** What a bulletin's own entry says. */
type Fixed = {
  asOf: string;
  at: string;
  by: string;
  software: string;
  entries: number;
  figures: { [name: string]: number };
  files: { [name: string]: { bytes: number; sha256: string } };
  findings: { lines: number; root: string };
  edition: { sort: string; corrects: number | null } | undefined;
};

function fixed(text: string, n: number): Fixed {
  const entry = JSON.parse(text) as { n: number; at: string; kind: string; body: { [name: string]: unknown } };
  const body = entry.body;
  if (entry.n !== n || entry.kind !== "bulletin") throw new Broken("broken-entry");
  return {
    asOf: String(body["as_of"]),
    at: entry.at,
    by: String(body["by"]),
    software: String(body["software"]),
    entries: Number(body["entries"]),
    figures: body["figures"] as Fixed["figures"],
    files: body["files"] as Fixed["files"],
    findings: body["findings"] as Fixed["findings"],
    edition: body["edition"] as Fixed["edition"],
  };
}

type Incident = { id: string; summary: string; place: string | null; from: string | null; killed: string };
type Bulletin = { fixed: Fixed; size: number; by: Cosigner[]; isReached: boolean; needed: number; incidents: Incident[] };

function figure(least: unknown, most: unknown): string {
  if (typeof least !== "number") return "—";
  if (typeof most !== "number") return `≥ ${number(least)}`;
  return least === most ? number(least) : `${number(least)}–${number(most)}`;
}

/** A frozen file, if it is the one that the bulletin fixes. */
async function frozen(n: number, name: string, file: { sha256: string } | undefined): Promise<string> {
  const answer = await fetch(`/api/public/bulletins/${n}/file?name=${encodeURIComponent(name)}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (!answer.ok || !file || !(await isDigest(bytes, file.sha256))) throw new Broken("broken-file", { file: name });
  return new TextDecoder().decode(bytes);
}

async function theBulletin(n: number, log: Log): Promise<Bulletin> {
  const told = await ask(api.GET("/api/public/bulletins/{id}", { params: { path: { id: String(n) } } }));
  if (told.proof.entry !== n) throw new Broken("broken-entry");
  const under = await stands(told.proof, told.text, log.key);
  const { by, isReached } = await cosigners(told.proof.checkpoint.note, told.quorum);
  if (!isReached) throw new Broken("broken-quorum");
  const said = fixed(told.text, n);
  const map = JSON.parse(await frozen(n, MAP, said.files[MAP])) as { features: { id: string; properties: { [name: string]: unknown } }[] };
  const incidents = map.features.map(({ id, properties }) => ({
    id,
    summary: String(properties["summary"]),
    place: typeof properties["place"] === "string" ? properties["place"] : null,
    from: typeof properties["from"] === "string" ? properties["from"] : null,
    killed: figure(properties["killed_min"], properties["killed_max"]),
  }));
  incidents.sort((a, b) => (b.from ?? "").localeCompare(a.from ?? ""));
  return { fixed: said, size: under.size, by, isReached, needed: told.quorum.needed, incidents };
}

function List({ log }: { log: Log }) {
  const [lines, setLines] = useState<Schemas["PublicLine"][]>();
  const [next, setNext] = useState<number | null>(null);
  const [fault, setFault] = useState("");
  const more = async (before?: number) => {
    try {
      const query = before === undefined ? {} : { before };
      const page = await ask(api.GET("/api/public/bulletins", { params: { query } }));
      setLines((had) => (before === undefined ? page.bulletins : [...(had ?? []), ...page.bulletins]));
      setNext(page.next);
    } catch (error) {
      setFault(why(error));
    }
  };
  useEffect(() => void more(), []);
  if (fault) return <p role="alert">{fault}</p>;
  if (!lines) return <p class="waiting">{w("loading")}</p>;
  if (lines.length === 0) return <p>{w("nothing")}</p>;
  return (
    <>
      <ul class="bulletins">
        {lines.map((one) => (
          <li key={one.entry} class="sheet">
            <a href={to("public", String(one.entry))}>{w("bulletin-as-of", { moment: moment(one.as_of) })}</a>
            <p class="aside">{w("line", { entry: one.entry, incidents: one.figures["incidents"] ?? 0 })}</p>
          </li>
        ))}
      </ul>
      {next !== null && (
        <button type="button" onClick={() => void more(next)}>
          {w("more")}
        </button>
      )}
      <Others />
      <p class="aside">{log.grew}</p>
    </>
  );
}

/** What other people's tools read: to subscribe to, or to keep. */
function Others() {
  const all: [string, string][] = [
    [`feed?lang=${lang.value}`, w("feed")],
    ["alerts", w("alerts")],
    ["ogc?f=html", w("ogc")],
    ["downloads/incidents.csv", w("incidents-csv")],
    ["downloads/incidents.geojson", w("incidents-geojson")],
    ["downloads/deliveries.csv", w("deliveries-csv")],
    ["downloads/deliveries.geojson", w("deliveries-geojson")],
  ];
  return (
    <section aria-labelledby="others-title">
      <h2 id="others-title">{w("others")}</h2>
      <p class="aside">{w("others-lead")}</p>
      <ul>
        {all.map(([path, title]) => (
          <li key={path}>
            <a href={`/api/public/${path}`}>{title}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Figures({ of: figures }: { of: { [name: string]: number } }) {
  return (
    <dl class="facts figures">
      {Object.entries(figures).map(([name, count]) => (
        <div key={name}>
          <dt>{p(`figure-${name}`)}</dt>
          <dd>{number(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Incidents({ n, all }: { n: number; all: Incident[] }) {
  const [asked, setAsked] = useState("");
  const [shown, setShown] = useState(PAGE);
  const words = asked.trim().toLowerCase();
  const found = all.filter((one) => !words || `${one.id} ${one.place ?? ""} ${one.from ?? ""}`.toLowerCase().includes(words));
  return (
    <section aria-labelledby="incidents-title">
      <h2 id="incidents-title">{w("incidents")}</h2>
      <div class="tools">
        <label>
          {w("search")}
          <input type="search" dir="auto" value={asked} onInput={(event) => setAsked(event.currentTarget.value)} />
        </label>
        <span class="aside" role="status">
          {w("found", { n: found.length })}
        </span>
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{w("incident")}</th>
              <th scope="col">{w("when")}</th>
              <th scope="col">{w("where")}</th>
              <th scope="col">{w("killed")}</th>
              <th scope="col">{w("comes-to")}</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <a href={to("public", String(n), one.id)}>
                    <bdi>{one.id}</bdi>
                  </a>
                </th>
                <td>{one.from ? moment(one.from) : "—"}</td>
                <td>
                  <bdi dir="auto">{one.place ?? "—"}</bdi>
                </td>
                <td>{one.killed}</td>
                <td>{p(`figure-incidents-${one.summary}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > shown && (
        <button type="button" onClick={() => setShown(shown + PAGE)}>
          {w("more")}
        </button>
      )}
    </section>
  );
}

type Finding = { clause: string; reading: string; outcome: string; digest: string };

function OneIncident({ n, id, bulletin }: { n: number; id: string; bulletin: Bulletin }) {
  const [findings, setFindings] = useState<Finding[]>([]);
  const [found, setFound] = useState<Verdict>({ is: "checking" });
  useEffect(() => {
    let here = true;
    let read: Finding[] = [];
    void verdict(async () => {
      const told = await ask(api.GET("/api/public/bulletins/{id}/findings", { params: { path: { id: String(n) }, query: { incident: id } } }));
      const { lines, root } = bulletin.fixed.findings;
      for (const one of told.findings) {
        await lineStands(one.text, one.line, one.hashes, lines, root).catch(() => {
          throw new Broken("broken-line");
        });
        const said = JSON.parse(one.text) as Finding & { incident: string };
        if (said.incident !== id) throw new Broken("broken-line");
        read.push(said);
      }
      return w("findings-hold", { n: read.length });
    }).then((said) => {
      if (!here) return;
      setFindings(said.is === "broken" ? [] : read);
      setFound(said);
    });
    return () => {
      here = false;
      read = [];
    };
  }, [n, id]);
  const one = bulletin.incidents.find((one) => one.id === id);
  return (
    <section aria-labelledby="incident-title">
      <p>
        <a href={to("public", String(n))}>{w("back")}</a>
      </p>
      <h2 id="incident-title">
        {w("incident")} <bdi>{id}</bdi>
      </h2>
      {one && (
        <dl class="facts">
          <dt>{w("when")}</dt>
          <dd>{one.from ? moment(one.from) : "—"}</dd>
          <dt>{w("where")}</dt>
          <dd>
            <bdi dir="auto">{one.place ?? "—"}</bdi>
          </dd>
          <dt>{w("killed")}</dt>
          <dd>{one.killed}</dd>
          <dt>{w("comes-to")}</dt>
          <dd>{p(`figure-incidents-${one.summary}`)}</dd>
        </dl>
      )}
      <p data-verdict={found.is}>
        <Mark of={found} />
      </p>
      {findings.length > 0 && (
        <div class="scroll">
          <table>
            <caption>{w("findings")}</caption>
            <thead>
              <tr>
                <th scope="col">{w("clause")}</th>
                <th scope="col">{w("reading")}</th>
                <th scope="col">{w("outcome")}</th>
                <th scope="col">{w("digest")}</th>
              </tr>
            </thead>
            <tbody>
              {findings.map((one) => (
                <tr key={`${one.clause}/${one.reading}`}>
                  <th scope="row">
                    <bdi>{one.clause}</bdi>
                  </th>
                  <td>
                    <bdi>{one.reading}</bdi>
                  </td>
                  <td>{p(`outcome-${one.outcome}`)}</td>
                  <td>
                    <Hash of={one.digest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="aside">{w("not-lawful")}</p>
    </section>
  );
}

function Take({ n, of: one }: { n: number; of: Bulletin }) {
  const at = `/api/public/bulletins/${n}`;
  const witnesses = one.by.map(() => "--witness …").join(" ");
  return (
    <section aria-labelledby="take-title">
      <h2 id="take-title">{w("take")}</h2>
      <ul>
        {LANGS.map((language) => (
          <li key={language}>
            <a href={`${at}/page?lang=${language}`} lang={language} hreflang={language} target="_blank" rel="noopener">
              {w("read", { language: OWN_NAME[language] })}
            </a>{" "}
            ·{" "}
            <a href={`${at}/page?lang=${language}&form=pdf`} hreflang={language} target="_blank" rel="noopener" type="application/pdf">
              {w("pdf", { language: OWN_NAME[language] })}
            </a>
          </li>
        ))}
        <li>
          <a href={`${at}/bundle`} download={`bulletin-${n}.tar`}>
            {w("bundle")}
          </a>
        </li>
      </ul>
      <p>{w("offline")}</p>
      <pre class="bytes" dir="ltr">{`truceline verify bulletin-${n}.tar --key … ${witnesses} --closed`}</pre>
    </section>
  );
}

function One({ n, log, incident }: { n: number; log: Log; incident: string | undefined }) {
  const [bulletin, setBulletin] = useState<Bulletin>();
  const [found, setFound] = useState<Verdict>({ is: "checking" });
  useEffect(() => {
    let here = true;
    let read: Bulletin | undefined;
    setBulletin(undefined);
    setFound({ is: "checking" });
    void verdict(async () => {
      read = await theBulletin(n, log);
      return w("bulletin-holds", { n: read.size });
    }).then((said) => {
      if (!here) return;
      // Of what does not hold nothing is shown: not its figures either.
      setBulletin(said.is === "holds" ? read : undefined);
      setFound(said);
    });
    return () => {
      here = false;
    };
  }, [n, log]);
  return (
    <>
      <p>
        <a href={to("public")}>{w("all")}</a>
      </p>
      <h2>{bulletin ? w("bulletin-as-of", { moment: moment(bulletin.fixed.asOf) }) : w("bulletin", { entry: n })}</h2>
      <p data-verdict={found.is}>
        <Mark of={found} />
      </p>
      {bulletin && incident !== undefined && <OneIncident n={n} id={incident} bulletin={bulletin} />}
      {bulletin && incident === undefined && (
        <>
          {bulletin.fixed.edition?.corrects != null && <p>{w("corrects", { entry: bulletin.fixed.edition.corrects })}</p>}
          <p class="aside">{w("made", { by: bulletin.fixed.by, software: bulletin.fixed.software, entries: bulletin.fixed.entries, moment: moment(bulletin.fixed.at) })}</p>
          <Figures of={bulletin.fixed.figures} />
          <Cosignatures by={bulletin.by} isReached={bulletin.isReached} needed={bulletin.needed} />
          <Take n={n} of={bulletin} />
          <Incidents n={n} all={bulletin.incidents} />
          <p class="aside">{w("not-lawful")}</p>
        </>
      )}
    </>
  );
}

export default function Screen() {
  const [log, setLog] = useState<Log>();
  const [found, setFound] = useState<Verdict>({ is: "checking" });
  const [entry, incident] = address.value.rest;
  const n = Number(entry ?? Number.NaN);
  useEffect(() => {
    let here = true;
    let read: Log | undefined;
    void verdict(async () => {
      read = await theLog();
      return undefined;
    }).then((said) => {
      if (!here) return;
      setLog(said.is === "holds" ? read : undefined);
      setFound(said);
    });
    return () => {
      here = false;
    };
  }, [lang.value]);
  return (
    <article class="public">
      <h1>{w("title")}</h1>
      <p class="aside">{w("lead")}</p>
      {!log && (
        <p data-verdict={found.is}>
          <Mark of={found} />
        </p>
      )}
      {log && Number.isSafeInteger(n) && <One n={n} log={log} incident={incident} />}
      {log && !Number.isSafeInteger(n) && <List log={log} />}
      {log && <p class="aside">{`${p("key-of-log")}: ${p(`trust-${log.trust}`)}`}</p>}
    </article>
  );
}
