// Cases: the board, one case, a new one. Which it is stands in the address.
import { useEffect } from "preact/hooks";
import { heard } from "../../shell/live.ts";
import { address } from "../../shell/route.ts";
import "../incidents/incidents.css";
import "./cases.css";
import { Board } from "./board.tsx";
import { names } from "./names.ts";
import { Opening } from "./opening.tsx";
import { CasePage } from "./page.tsx";

export default function Screen() {
  useEffect(() => void names().catch(() => undefined), [heard.value]);
  const id = address.value.rest[0];
  if (id === "open") return <Opening />;
  return id ? <CasePage id={id} key={id} /> : <Board />;
}
