// Findings of an incident: clause by clause the outcome under each reading, what it turns on, what would settle it, and, opened, why it is so down to what
// sources say. The server finds; nothing here does.
import { useEffect, useState } from "preact/hooks";
import { api, refusal } from "../../api/client.ts";
import { asOf } from "../../shell/route.ts";
import { lang } from "../../words/index.ts";
import { given } from "./asking.ts";
import { List, Outcome, type Schemas, w, Words } from "./parts.tsx";

type Incident = Schemas["Incident"];
type Clause = Schemas["ClauseFinding"];
type Row = Schemas["FindingRow"];
type Node = Schemas["ExplanationNode"];

const SIGN: Record<string, string> = { true: "✓", false: "✗", unknown: "?" };

function Tree({ nodes }: { nodes: Node[] }) {
  return (
    <ol class="tree">
      {nodes.map((node) => (
        <li key={node.number} class={`part-${node.part}${node.tried === false ? " not-reached" : ""}`}>
          <bdi class="no" dir="ltr">
            {node.number}
          </bdi>{" "}
          {node.truth && (
            <span class={`truth truth-${node.truth}`}>
              <span aria-hidden="true">{SIGN[node.truth]}</span>
              <span class="sr">{w(`truth-${node.truth}`)}</span>{" "}
            </span>
          )}
          {node.part === "words" ? (
            <q dir="auto">{node.words}</q>
          ) : (
            <span dir="auto">{node.words}</span>
          )}
          {node.under && <Tree nodes={node.under} />}
        </li>
      ))}
    </ol>
  );
}

/** Why the findings under a clause are so; asked for when it is opened. */
function Why({ incident, version, clause }: { incident: string; version: number; clause: string }) {
  const [isOpen, setOpen] = useState(false);
  const [told, setTold] = useState<Schemas["Explanation"][]>();
  const [fault, setFault] = useState("");
  useEffect(() => {
    if (!isOpen) return;
    let here = true;
    const query = { clause, ...given({ lang: lang.value, as_of: asOf.value }) };
    api
      .GET("/api/incidents/{id}/explanations", { params: { path: { id: incident }, query } })
      .then(({ data, error }) => {
        if (!here) return;
        setTold(data?.explanations);
        setFault(data ? "" : refusal(error));
      })
      .catch((error: unknown) => here && setFault(refusal(error)));
    return () => {
      here = false;
    };
  }, [isOpen, incident, version, clause, lang.value, asOf.value]);
  return (
    <details class="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w("why")}</summary>
      {fault && <p role="alert">{fault}</p>}
      {isOpen && !told && !fault && <p class="waiting">{w("loading")}</p>}
      {told?.map((one) => (
        <div key={one.readings.join(" ")} class="explanation">
          {one.head.map((line, at) => (
            <p key={line} class={at === 0 ? "verdict" : "aside"} dir="auto">
              {line}
            </p>
          ))}
          {one.sections.map((section) => (
            <section key={section.number}>
              <h4>
                <bdi dir="ltr">{section.number}</bdi> {section.words}
              </h4>
              {section.under && <Tree nodes={section.under} />}
            </section>
          ))}
        </div>
      ))}
    </details>
  );
}

function Supposed({ all }: { all: Schemas["Supposed"][] }) {
  return (
    <ul class="answers">
      {all.map((one) => (
        <li key={one.words + one.then.id}>
          <Words>{one.words}</Words> <span class="aside">{w("then")}</span> <Outcome of={one.then} />
        </li>
      ))}
    </ul>
  );
}

function TurnsOn({ of: row }: { of: Row }) {
  const isSettled = row.turns_on.length === 0 && row.together.length === 0;
  return (
    <>
      {row.fault && <p role="alert">{w("not-finished")}</p>}
      {isSettled && !row.fault && <span class="aside">{w("nothing-open")}</span>}
      <ul class="plain">
        {row.turns_on.map((one) => (
          <li key={one.fact}>
            <b>
              {one.is_law && `${w("of-law")} `}
              <Words>{one.question}</Words>
            </b>
            <Supposed all={one.answers} />
          </li>
        ))}
        {row.together.length > 0 && (
          <li>
            <b>{w("together")}</b>
            <Supposed all={row.together} />
          </li>
        )}
      </ul>
      {row.respondents.length > 0 && (
        <p>
          {w(row.respondents.length === 1 ? "would-answer" : "would-answer-one")}{" "}
          <List all={row.respondents.map((who) => <Words>{who.name}</Words>)} />
        </p>
      )}
    </>
  );
}

function ClauseFindings({ incident, of: clause }: { incident: Incident; of: Clause }) {
  return (
    <section class="clause sheet" aria-label={clause.title}>
      <h3>
        <Words>{clause.title}</Words>{" "}
        <span class="aside">
          {clause.kind}
          {clause.paragraph && (
            <>
              {" · "}
              <Words>{clause.paragraph}</Words>
            </>
          )}
        </span>
      </h3>
      {clause.rows.map((row, at) => (
        <div key={at} class="reading">
          <p>
            <Outcome of={row.outcome} />{" "}
            {row.is_every ? (
              <em>{w("every-reading")}</em>
            ) : (
              <List all={row.readings.map((one) => <Words>{one.name}</Words>)} />
            )}
          </p>
          <div>
            <TurnsOn of={row} />
          </div>
        </div>
      ))}
      <Why incident={incident.incident} version={incident.version} clause={clause.clause} />
    </section>
  );
}

/** Whether every reading says that it is not forbidden, and nothing open could change that. */
function isQuiet(clause: Clause): boolean {
  const quiet = (row: Row) => ["not-prohibited", "not-covered"].includes(row.outcome.id) && row.turns_on.length + row.together.length === 0 && !row.fault;
  return clause.rows.every(quiet);
}

export function Findings({ of: one }: { of: Incident }) {
  const loud = one.findings.filter((clause) => !isQuiet(clause));
  const quiet = one.findings.filter(isQuiet);
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">{w("findings")}</h2>
      <p class="verdict">
        <Words>{one.verdict.words}</Words>
      </p>
      {one.verdict.matters.length > 0 && (
        <ul>
          {one.verdict.matters.map((matter) => (
            <li key={matter}>
              <Words>{matter}</Words>
            </li>
          ))}
        </ul>
      )}
      {loud.map((clause) => (
        <ClauseFindings key={clause.clause} incident={one} of={clause} />
      ))}
      {quiet.length > 0 && (
        <details>
          <summary>{w("not-forbidden-by", { n: quiet.length })}</summary>
          {quiet.map((clause) => (
            <ClauseFindings key={clause.clause} incident={one} of={clause} />
          ))}
        </details>
      )}
      {one.settles.length > 0 && (
        <>
          <h3>{w("would-settle")}</h3>
          <dl class="settles">
            {one.settles.map((fact) => (
              <div key={fact.fact}>
                <dt>
                  <Words>{fact.question}</Words>
                </dt>
                {fact.evidence.map((words) => (
                  <dd key={words}>
                    <Words>{words}</Words>
                  </dd>
                ))}
              </div>
            ))}
          </dl>
        </>
      )}
      <p class="aside">
        <Words>{one.note}</Words>
      </p>
    </section>
  );
}
