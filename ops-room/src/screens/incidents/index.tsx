// Incidents: the list, and one of them. Which it is, and how the list is narrowed, stands in the address.
import { address } from "../../shell/route.ts";
import { IncidentList } from "./list.tsx";
import { IncidentPage } from "./page.tsx";
import { Unmasking } from "./unmasking.tsx";
import "./incidents.css";

/** In the place of an id: sealed sources that were asked for. No incident is called so. */
const ASKED = "asked-for";

export default function Screen() {
  const [id, of] = address.value.rest;
  if (id === ASKED) return <Unmasking of={of ?? ""} />;
  return id ? <IncidentPage id={id} key={id} /> : <IncidentList />;
}
