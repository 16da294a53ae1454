// Opens the room: the language, the address, the frame around the screens.
import { render } from "preact";
import "./shell/base.css";
import { Frame } from "./shell/frame.tsx";
import { begin } from "./shell/session.ts";
import { speak } from "./words/index.ts";

await speak();
const root = document.getElementById("room");
if (root) render(<Frame />, root);
void begin();
