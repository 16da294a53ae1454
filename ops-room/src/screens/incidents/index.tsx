// Incidents: the list, and one of them. Which it is, and how the list is narrowed, stands in the address.
import { address } from "../../shell/route.ts";
import { IncidentList } from "./list.tsx";
import { IncidentPage } from "./page.tsx";
import "./incidents.css";

export default function Screen() {
  const id = address.value.rest[0];
  return id ? <IncidentPage id={id} key={id} /> : <IncidentList />;
}
