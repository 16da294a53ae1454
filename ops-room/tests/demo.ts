// A folder for the demo's store, which the first test file that needs it makes and the others copy (room.ts).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function make(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "truceline-demo-"));
  process.env["TRUCELINE_DEMO"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
