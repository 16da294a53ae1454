// What each source says, one beside the other: as it came, with whose it is, through whom, and where it stands in the record.
import { signal } from "@preact/signals";
import { Attachments } from "../../shell/attachments.tsx";
import { moment } from "../../shell/moment.ts";
import { to } from "../../shell/route.ts";
import { session } from "../../shell/session.ts";
import { Id, List, Range, type Schemas, Source, Sources, w, Words } from "./parts.tsx";

type Incident = Schemas["Incident"];
type Report = Schemas["IncidentReport"];

/** Who asks that a sealed source be opened; the server refuses others. */
export const ASKERS = ["legal-officer", "source-protection-officer"];

/** Reports that are picked to leave the incident together. */
export const picked = signal<ReadonlySet<number>>(new Set());

function pick(receipt: number): void {
  const next = new Set(picked.value);
  if (!next.delete(receipt)) next.add(receipt);
  picked.value = next;
}

function Custody({ of: report }: { of: Report }) {
  const at = report.custody;
  if (!at) return <p class="aside">{w("coarsened")}</p>;
  return (
    <details>
      <summary>{w("custody")}</summary>
      <dl class="facts">
        <dt>{w("entry")}</dt>
        <dd>
          <Id>{at.entry}</Id> <Id>{at.kind}</Id>
        </dd>
        <dt>{w("logged")}</dt>
        <dd>{at.logged.includes("T") ? moment(at.logged) : <Id>{at.logged}</Id>}</dd>
        {at.file !== null && (
          <>
            <dt>{w("from-file")}</dt>
            <dd>
              <Id>{at.file}</Id>
              {at.row !== null && (
                <>
                  {" · "}
                  {w("row")} <Id>{at.row}</Id>
                </>
              )}
            </dd>
          </>
        )}
        {at.digest && (
          <>
            <dt>{w("digest")}</dt>
            <dd>
              <code dir="ltr">{at.digest}</code>
            </dd>
          </>
        )}
      </dl>
    </details>
  );
}

function Said({ of: report }: { of: Report }) {
  return (
    <dl class="facts">
      {report.what.length > 0 && (
        <>
          <dt>{w("what")}</dt>
          <dd>
            <List all={report.what.map((words) => <Words>{words}</Words>)} />
          </dd>
        </>
      )}
      <dt>{w("where-when")}</dt>
      <dd>
        {report.place ? <Words>{report.place.words}</Words> : w("no-place")}
        {report.place?.point && <span class="aside"> ({w("within", { within: report.place.point.within })})</span>}
        {" · "}
        {report.when ? <Words>{report.when.words}</Words> : w("no-time")}
      </dd>
      <dt>{w("who")}</dt>
      <dd>
        {report.actors.length === 0 ? w("nobody-named") : <List all={report.actors.map((one) => <Words>{one.name}</Words>)} />}
        {report.attribution && <span class="aside"> ({report.attribution})</span>}
        {report.held_by.length > 0 && (
          <span class="aside">
            {" · "}
            {w("held-by")} <List all={report.held_by.map((one) => <Words>{one.name}</Words>)} />
          </span>
        )}
      </dd>
      {report.kind !== "statement" && (
        <>
          <dt>
            {w("killed")} / {w("wounded")}
          </dt>
          <dd>
            <Range of={report.killed} /> / <Range of={report.wounded} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Card({ of: report, canPick }: { of: Report; canPick: boolean }) {
  const name = `r${report.receipt}`;
  return (
    <li class={`report sheet report-${report.kind}`}>
      <h3>
        <Source of={report.origin} /> {report.origin.kind && <span class="aside">{report.origin.kind}</span>}
      </h3>
      <p class="aside">
        <Id>{name}</Id> · {w("known", { moment: moment(report.known) })} · <span title={w("grade")}>{<Id>{report.grade}</Id>}</span>
        {report.kind !== "report" && <b> · {w(`kind-${report.kind}`)}</b>}
        {report.is_sealed && <b> · {w("sealed")}</b>}
        {report.is_sealed && ASKERS.includes(session.value?.role ?? "") && (
          <>
            {" · "}
            <a href={to("incidents", "asked-for", name)}>{w("unmask-ask")}</a>
          </>
        )}
      </p>
      {report.through.length > 0 && (
        <p class="aside">
          {w("through")} <Sources all={report.through} />
        </p>
      )}
      <Said of={report} />
      {report.note && (
        <p class="note" dir="auto">
          {report.note}
        </p>
      )}
      {report.is_withheld && <p class="aside">{w("withheld")}</p>}
      {report.address &&
        (report.address.link ? (
          <p>
            <a href={report.address.link} rel="noreferrer noopener external" target="_blank">
              {w("published-at")}
            </a>
          </p>
        ) : (
          <p class="aside">
            <Words>{report.address.words}</Words>
          </p>
        ))}
      <Custody of={report} />
      <Attachments all={report.attachments} w={w} />
      {canPick && report.kind === "report" && (
        <label class="pick">
          <input type="checkbox" checked={picked.value.has(report.receipt)} onChange={() => pick(report.receipt)} />
          <span>
            {w("leaves")} <Id>{name}</Id>
          </span>
        </label>
      )}
    </li>
  );
}

export function Reports({ of: one }: { of: Incident }) {
  const own = one.reports.filter((report) => report.kind === "report").length;
  return (
    <section aria-labelledby="reports">
      <h2 id="reports">{w("reports")}</h2>
      <ul class="plain reports">
        {one.reports.map((report) => (
          <Card key={`${report.kind}${report.receipt}`} of={report} canPick={one.may_decide && own > 1} />
        ))}
      </ul>
    </section>
  );
}
