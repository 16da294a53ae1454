// The screen `record`: being built.
import { words } from "../../words/index.ts";

export default function Screen() {
  return <h1>{words("shell", "screen-record")}</h1>;
}
