// Signing in at a provider of identities, which is this test on loopback: there and back in three languages, and a page that is sent what it did not begin.
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type Lang, Room } from "./room.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const granted = new Map<string, URLSearchParams>();
let subject = "";
let issuer = "";
let room: Room;

function token(asked: URLSearchParams): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: subject, aud: "ops-room", iat: now, exp: now + 60, nonce: asked.get("nonce") };
  const text = [{ alg: "ES256", kid: "one" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

const provider = createServer((request, answer) => {
  const url = new URL(request.url ?? "/", issuer);
  const tell = (value: unknown) => answer.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
  if (url.pathname === "/authorize") {
    const code = randomUUID();
    granted.set(code, url.searchParams);
    const back = new URL(url.searchParams.get("redirect_uri") ?? "");
    back.search = new URLSearchParams({ code, state: url.searchParams.get("state") ?? "" }).toString();
    answer.writeHead(302, { Location: back.href }).end();
  } else if (url.pathname === "/keys") {
    tell({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" }] });
  } else if (url.pathname === "/token") {
    let body = "";
    request.on("data", (bytes: Buffer) => (body += bytes.toString()));
    request.on("end", () => {
      const form = new URLSearchParams(body);
      const asked = granted.get(form.get("code") ?? "");
      granted.delete(form.get("code") ?? "");
      const hash = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
      if (asked?.get("code_challenge") === hash) tell({ token_type: "Bearer", access_token: "x", id_token: token(asked) });
      else answer.writeHead(400).end("{}");
    });
  } else {
    tell({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` });
  }
});

test.beforeAll(async () => {
  await new Promise<void>((done) => provider.listen(0, "127.0.0.1", done));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  room = await Room.demo();
  const file = join(room.store, "oidc");
  writeFileSync(file, JSON.stringify({ format: "truceline oidc 1", issuer, client_id: "ops-room" }));
  chmodSync(file, 0o600);
  room.run("account", "add", "watch", "--store", room.store, "--oidc", issuer, "subject-of-watch");
});
test.afterAll(async () => {
  provider.close();
  await room.end();
});

for (const [lang, button, refused] of [
  ["en", "Sign in at 127.0.0.1", "opens no account"],
  ["ar", "الدخول عبر 127.0.0.1", "لا يفتح أي حساب"],
  ["ru", "Войти через 127.0.0.1", "не открылась"],
] as [Lang, string, string][]) {
  test(`who the provider knows signs in there, in ${lang}`, async ({ page }) => {
    await page.addInitScript((lang) => localStorage.setItem("lang", lang), lang);
    await page.goto(`${room.address}/#/watch`);
    subject = "somebody-else";
    await page.getByRole("button", { name: button }).click();
    await expect(page.getByRole("alert")).toContainText(refused);
    expect(page.url()).not.toContain("code=");
    subject = "subject-of-watch";
    await page.getByRole("button", { name: button }).click();
    await expect(page.locator(".who")).toContainText("watch");
    expect(page.url()).not.toContain("code=");
    expect(await page.evaluate(() => sessionStorage.getItem("provider"))).toBeNull();
    await page.reload();
    await expect(page.locator(".who")).toContainText("watch");
  });
}

test("a link with somebody else's code signs nobody in", async ({ page }) => {
  await page.goto(`${room.address}/?state=${"0".repeat(64)}&code=stolen`);
  await expect(page.getByRole("alert")).toContainText("opens no account");
  await expect(page.locator(".who")).toHaveCount(0);
});
