// The screen `incidents`: being built.
import { words } from "../../words/index.ts";

export default function Screen() {
  return <h1>{words("shell", "screen-incidents")}</h1>;
}
