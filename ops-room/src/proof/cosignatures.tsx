// Who cosigned a checkpoint, each signature checked in this browser.
import { moment } from "../shell/moment.ts";
import { mission } from "../shell/session.ts";
import { lang, of } from "../words/index.ts";
import type { Cosigner } from "./check.ts";
import { Mark } from "./verdict.tsx";

const w = of("proof");

function actor(id: string | null): string {
  const known = (mission.value as { actors?: { id: string; names: { [lang: string]: string } }[] } | null)?.actors?.find((one) => one.id === id);
  return known?.names[lang.value] ?? known?.names["en"] ?? id ?? "";
}

export function Cosignatures({ by, isReached, needed }: { by: Cosigner[]; isReached: boolean; needed: number }) {
  if (by.length === 0) return <p class="aside">{w("nobody-counts")}</p>;
  return (
    <>
      <p>{isReached ? <Mark of={{ is: "holds", says: w("quorum-reached") }} /> : <span>{w("quorum-lacking", { needed })}</span>}</p>
      <div class="scroll">
        <table>
          <caption>{w("cosignatures")}</caption>
          <thead>
            <tr>
              <th scope="col">{w("witness")}</th>
              <th scope="col">{w("speaks-for")}</th>
              <th scope="col">{w("cosigned-at")}</th>
            </tr>
          </thead>
          <tbody>
            {by.map((one) => (
              <tr key={one.name}>
                <th scope="row">
                  <bdi dir="auto">{one.name}</bdi>
                </th>
                <td>
                  <bdi dir="auto">{actor(one.speaksFor)}</bdi>
                </td>
                <td>{one.at === undefined ? w("not-cosigned") : <Mark of={{ is: "holds", says: moment(new Date(one.at * 1000).toISOString()) }} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
