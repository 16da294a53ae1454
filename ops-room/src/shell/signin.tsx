// Signing in: by name and password, by a passkey, or by the access code that the mission gave. What is typed goes to this server and nowhere else; nothing of it is
// kept by the page, and what the server refuses is told without saying whether there is such a name.
import { useEffect, useState } from "preact/hooks";
import { of } from "../words/index.ts";
import { canSign, signInByPasskey } from "./passkeys.tsx";
import { goToProvider, provider, type Refusal, refusal, signIn } from "./session.ts";

const w = of("shell");

export function SignIn() {
  const fault = refusal.value;
  const setFault = (next: Refusal | undefined) => (refusal.value = next);
  const [at, setAt] = useState<string | null>(null);
  useEffect(() => void provider().then(setAt), []);
  const [busy, setBusy] = useState(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const typed = (name: string) => String(new FormData(form).get(name) ?? "");
    setBusy(true);
    setFault(undefined);
    const code = typed("code").trim();
    setFault(await signIn(code ? { token: code } : { name: typed("name").trim(), password: typed("password") }));
    setBusy(false);
    form.querySelectorAll<HTMLInputElement>("input[type=password]").forEach((input) => (input.value = ""));
  };
  const sign = async (how: () => Promise<Refusal | undefined>) => {
    setBusy(true);
    setFault(undefined);
    setFault(await how());
    setBusy(false);
  };
  return (
    <section class="sign-in">
      <h1>{w("sign-in")}</h1>
      {fault !== undefined && <p role="alert">{w(`sign-in-${fault}`)}</p>}
      <form onSubmit={(event) => void send(event)}>
        <label>
          {w("account-name")}
          <input name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required dir="auto" />
        </label>
        <label>
          {w("password")}
          <input name="password" type="password" autocomplete="current-password" required dir="auto" />
        </label>
        <button type="submit" disabled={busy}>
          {w("sign-in")}
        </button>
      </form>
      {canSign() && (
        <button type="button" disabled={busy} onClick={() => void sign(signInByPasskey)}>
          {w("by-passkey")}
        </button>
      )}
      {at !== null && (
        <button type="button" disabled={busy} onClick={() => void sign(goToProvider)}>
          {w("by-provider", { name: at })}
        </button>
      )}
      <details>
        <summary>{w("by-access-code")}</summary>
        <form onSubmit={(event) => void send(event)}>
          <label>
            {w("access-code")}
            <input name="code" type="password" autocomplete="off" required dir="ltr" />
          </label>
          <p class="aside">{w("access-code-hint")}</p>
          <button type="submit" disabled={busy}>
            {w("sign-in-by-code")}
          </button>
        </form>
      </details>
    </section>
  );
}
