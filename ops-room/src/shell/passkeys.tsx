// Passkeys: what the browser's authenticator makes and signs. This page only carries it between the browser and the server; no key is ever in it.
import { useEffect, useState } from "preact/hooks";
import { of } from "../words/index.ts";
import { moment } from "./moment.ts";
import { HEADERS, type Refusal, signIn } from "./session.ts";

const w = of("shell");

type Passkey = { id: string; name: string; host: string; since: string; used: string | null };

/** Whether this browser can do it here: a passkey belongs to a name, not to an address of numbers. */
export function canSign(): boolean {
  const isName = !/^[\d.]+$|^\[/.test(location.hostname);
  return isName && typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

async function challenge<T>(path: string): Promise<T | number> {
  const answer = await fetch(path, { method: "POST", headers: HEADERS }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as T) : (answer?.status ?? 0);
}

/** Signs in by whatever passkey the person picks; says why not otherwise. */
export async function signInByPasskey(): Promise<Refusal | undefined> {
  const asked = await challenge<{ challenge: string; options: PublicKeyCredentialRequestOptionsJSON }>("/api/session/challenge");
  if (typeof asked === "number") return asked === 429 ? "too-often" : "unreachable";
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
  const signed = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!(signed instanceof PublicKeyCredential)) return "not-signed";
  return signIn({ challenge: asked.challenge, passkey: signed.toJSON() });
}

async function add(name: string): Promise<boolean> {
  const asked = await challenge<{ options: PublicKeyCredentialCreationOptionsJSON }>("/api/passkeys/challenge");
  if (typeof asked === "number") return false;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
  const made = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!(made instanceof PublicKeyCredential)) return false;
  const body = JSON.stringify({ name, passkey: made.toJSON() });
  const answer = await fetch("/api/passkeys", { method: "POST", headers: HEADERS, body }).catch(() => undefined);
  return answer?.ok === true;
}

/** The passkeys of who is signed in: which there are, when each was used, adding and removing one. */
export function Passkeys() {
  const [all, setAll] = useState<Passkey[]>();
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const look = async () => {
    const answer = await fetch("/api/passkeys").catch(() => undefined);
    if (answer?.ok) setAll(((await answer.json()) as { passkeys: Passkey[] }).passkeys);
    else setFailed(true);
  };
  useEffect(() => void look(), []);
  const doing = async (work: () => Promise<boolean>) => {
    setBusy(true);
    setFailed(!(await work()));
    await look();
    setBusy(false);
  };
  const remove = (one: Passkey) =>
    doing(async () => (await fetch(`/api/passkeys/${one.id}`, { method: "DELETE", headers: HEADERS }).catch(() => undefined))?.ok === true);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = String(new FormData(form).get("passkey-name") ?? "").trim();
    void doing(async () => {
      const added = await add(name);
      if (added) form.reset();
      return added;
    });
  };
  return (
    <section class="passkeys" aria-labelledby="passkeys-title">
      <h2 id="passkeys-title">{w("passkeys")}</h2>
      {failed && <p role="alert">{w("passkey-failed")}</p>}
      {all?.length === 0 && <p>{w("passkeys-none")}</p>}
      <ul>
        {all?.map((one) => (
          <li key={one.id}>
            <b dir="auto">{one.name}</b> <span>{one.used ? w("passkey-used", { moment: moment(one.used) }) : w("passkey-never")}</span>{" "}
            <button type="button" disabled={busy} onClick={() => void remove(one)} aria-label={w("passkey-remove", { name: one.name })}>
              {w("remove")}
            </button>
          </li>
        ))}
      </ul>
      {canSign() ? (
        <form onSubmit={send}>
          <label>
            {w("passkey-name")}
            <input name="passkey-name" required maxLength={32} dir="auto" autocomplete="off" />
          </label>
          <button type="submit" disabled={busy}>
            {w("passkey-add")}
          </button>
        </form>
      ) : (
        <p class="aside">{w("passkeys-not-here")}</p>
      )}
    </section>
  );
}
