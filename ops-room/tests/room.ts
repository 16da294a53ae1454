// A room for a test: the program over a store of its own, with an account for each person, stopped when the test ends.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";

const target = process.env["CARGO_TARGET_DIR"] ?? join(import.meta.dirname, "../../target");
const program = process.env["TRUCELINE"] ?? join(target, "debug/truceline");

export type Lang = "en" | "ar" | "ru";

export class Room {
  private child: ChildProcess | undefined;
  private readonly tokens = new Map<string, string>();
  address = "";
  /** What the server is told beside its store and its address. */
  more: string[] = [];

  private constructor(readonly folder: string) {}

  /** The mission of the demo with its people, in a store of its own; with `--published`, what the demo publishes, too. */
  static async demo(...more: "--published"[]): Promise<Room> {
    const room = new Room(mkdtempSync(join(tmpdir(), "truceline-room-")));
    const made = join(process.env["TRUCELINE_DEMO"] ?? room.folder, `made${more.join("")}`);
    if (!existsSync(made)) {
      room.run("demo", "--once", `${made}.part`, "--people", ...more);
      renameSync(`${made}.part`, made);
    }
    cpSync(made, room.folder, { recursive: true });
    await room.start();
    return room;
  }

  /** A mission folder, in a store of its own. */
  static async mission(path: string): Promise<Room> {
    const room = new Room(mkdtempSync(join(tmpdir(), "truceline-room-")));
    room.run("load", path, "--store", room.store);
    await room.start();
    return room;
  }

  get program(): string {
    return program;
  }

  get store(): string {
    return join(this.folder, "store");
  }

  run(...args: string[]): string {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Starts the server; after a `kill` it comes back at the same address. */
  async start(): Promise<void> {
    const listen = this.address ? new URL(this.address).host : "127.0.0.1:0";
    const child = spawn(program, ["serve", "--store", this.store, "--listen", listen, "--format", "json", ...this.more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child = child;
    this.address = await new Promise<string>((tell, fail) => {
      let text = "";
      child.stdout?.on("data", (bytes: Buffer) => {
        text += bytes.toString();
        const found = /"address":\s*"(http:\/\/[^/"]+)/.exec(text)?.[1];
        if (found) tell(found);
      });
      child.on("exit", (code) => fail(new Error(`the server ended with ${code}: ${text}`)));
    });
  }

  /** Stops the server as a power cut would. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  token(person: string): string {
    const had = this.tokens.get(person);
    if (had) return had;
    const said = JSON.parse(this.run("account", "add", person, "--store", this.store, "--format", "json")) as { token: string };
    this.tokens.set(person, said.token);
    return said.token;
  }

  /** Opens a screen as a person, in a language. */
  async open(page: Page, person: string, screen = "watch", lang: Lang = "en"): Promise<void> {
    await page.addInitScript((lang) => localStorage.setItem("lang", lang), lang);
    await page.goto(`${this.address}/#/sign-in?code=${this.token(person)}`);
    await page.getByRole("navigation").waitFor();
    await page.goto(`${this.address}/#/${screen}`);
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
