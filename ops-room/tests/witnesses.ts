// A small mission whose agreement asks two co-chairs to cosign, and two witnesses that do, by an implementation that is not the program's.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Room } from "./room.ts";

const AGREEMENTS = join(import.meta.dirname, "../../agreements/syria-2016");
/** Two of the mission's files of reports: enough for incidents, quickly judged. */
const REPORTS = ["anchors", "agreement-facts"];

class Witness {
  private readonly key: KeyObject;
  private readonly typed: Buffer;

  constructor(
    readonly name: string,
    readonly speaksFor: string,
    seed: number,
  ) {
    const head = Buffer.from("302e020100300506032b657004220420", "hex");
    this.key = createPrivateKey({ key: Buffer.concat([head, Buffer.alloc(32, seed)]), format: "der", type: "pkcs8" });
    const open = createPublicKey(this.key).export({ format: "der", type: "spki" }).subarray(-32);
    this.typed = Buffer.concat([Buffer.from([4]), open]);
  }

  private get id(): Buffer {
    return createHash("sha256").update(`${this.name}\n`).update(this.typed).digest().subarray(0, 4);
  }

  get verifierKey(): string {
    return `${this.name}+${this.id.toString("hex")}+${this.typed.toString("base64")}`;
  }

  /** Its line under a checkpoint (C2SP tlog-cosignature). */
  line(text: string, time: number): string {
    const at = Buffer.alloc(8);
    at.writeBigUInt64BE(BigInt(time));
    const signed = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), this.key);
    return `\u2014 ${this.name} ${Buffer.concat([this.id, at, signed]).toString("base64")}\n`;
  }
}

export const WITNESSES = [new Witness("witness.example/geneva", "united-states", 1), new Witness("witness.example/amman", "russia", 2)] as const;

/** The mission in a room of its own. */
export async function witnessed(): Promise<Room> {
  const folder = mkdtempSync(join(tmpdir(), "truceline-mission-"));
  mkdirSync(join(folder, "reports"));
  for (const name of ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv"]) cpSync(join(AGREEMENTS, name), join(folder, name));
  for (const name of REPORTS) cpSync(join(AGREEMENTS, `reports/${name}.csv`), join(folder, `reports/${name}.csv`));
  const said = readFileSync(join(AGREEMENTS, "mission.kdl"), "utf8").split("\n");
  const kept = said.filter((line) => !line.startsWith("reports") || REPORTS.some((name) => line.includes(name)));
  const people = readFileSync(join(AGREEMENTS, "people.kdl"), "utf8");
  const witnesses = WITNESSES.map((one) => `witness "Office for ${one.speaksFor}" key="${one.verifierKey}" for=${one.speaksFor}`);
  writeFileSync(join(folder, "mission.kdl"), [...kept, people, ...witnesses, ""].join("\n"));
  const room = await Room.mission(folder);
  rmSync(folder, { recursive: true, force: true });
  return room;
}

/** These witnesses cosign the last checkpoint, and the store keeps it. */
export function cosign(room: Room, by: readonly Witness[] = WITNESSES): void {
  const out = mkdtempSync(join(tmpdir(), "truceline-tiles-"));
  room.run("export-tiles", "--store", room.store, "--out", join(out, "all"));
  const note = readFileSync(join(out, "all/checkpoint"), "utf8");
  rmSync(out, { recursive: true, force: true });
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  const own = note.slice(0, note.indexOf("\n", text.length + 1) + 1);
  mkdirSync(join(room.store, "cosigned"), { recursive: true });
  const lines = by.map((one) => one.line(text, 1_462_400_000)).join("");
  writeFileSync(join(room.store, "cosigned", text.split("\n")[1] ?? ""), own + lines);
}

/** Freezes a bulletin on the machine; the number of its entry. */
export function publish(room: Room): number {
  const asked = ["publish", "--store", room.store, "--as-of", "2016-05-04T12:00:00Z", "--by", "duty officer", "--format", "json"];
  return (JSON.parse(room.run(...asked)) as { entry: number }).entry;
}
