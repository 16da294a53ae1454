// Who is at the screen, and which mission this is. Until the server has said who somebody is, only what is public is shown.
import { signal } from "@preact/signals";

export type Session = { name: string; role: string; acts_for: string | null; may: string[] };
export type Mission = { id: string; title: Record<string, string>; zone: string; zone_name: Record<string, string> };

export const session = signal<Session | null | undefined>(undefined);
export const mission = signal<Mission | null>(null);

export const HEADERS = { "X-Truceline": "1", "Content-Type": "application/json" };

/** Asks who is signed in. A code in the address signs in once and is taken out of it. */
export async function begin(): Promise<void> {
  const code = /^#\/sign-in\?code=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(null, "", "#/watch");
    dispatchEvent(new HashChangeEvent("hashchange"));
    await signIn({ token: code });
    return;
  }
  if (await back()) return;
  await who();
}

/** What is told at the sign-in screen when it opens. */
export const refusal = signal<Refusal | undefined>(undefined);

/** The provider that the mission names, if it names one. */
export async function provider(): Promise<string | null> {
  const answer = await fetch("/api/session/provider").catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { provider: string | null }).provider : null;
}

/** Goes to the provider; this page alone keeps what ends it. */
export async function goToProvider(): Promise<Refusal | undefined> {
  const answer = await fetch("/api/session/provider", { method: "POST", headers: HEADERS }).catch(() => undefined);
  if (!answer?.ok) return answer?.status === 429 ? "too-often" : "unreachable";
  const { to, state, proof } = (await answer.json()) as { to: string; state: string; proof: string };
  sessionStorage.setItem("provider", JSON.stringify({ state, proof }));
  location.assign(to);
  return undefined;
}

/** Comes back from the provider: what is in the address is taken out of it, and counts only where this page had begun it. */
async function back(): Promise<boolean> {
  const asked = new URLSearchParams(location.search);
  const kept = sessionStorage.getItem("provider");
  sessionStorage.removeItem("provider");
  if (!asked.has("state")) return false;
  history.replaceState(null, "", "/#/watch");
  const { state, proof } = JSON.parse(kept ?? "{}") as { state?: string; proof?: string };
  const code = asked.get("code");
  if (!code || !state || !proof || state !== asked.get("state")) {
    await who();
    if (!session.value) refusal.value = "refused";
    return true;
  }
  refusal.value = await signIn({ state, proof, code });
  return true;
}

async function who(): Promise<void> {
  const answer = await fetch("/api/session").catch(() => undefined);
  if (!answer) {
    const last = remembered();
    session.value = last?.session ?? null;
    mission.value = last?.mission ?? null;
    if (last) addEventListener("online", () => void who(), { once: true });
    return;
  }
  session.value = answer.ok ? ((await answer.json()) as Session) : null;
  if (session.value) await about();
  remember();
}

async function about(): Promise<void> {
  const answer = await fetch("/api/mission").catch(() => undefined);
  if (answer?.ok) mission.value = (await answer.json()) as Mission;
}

// Who was signed in last on this device and in which zone the mission counts: so that a report can be written where there is no network. Neither opens
// anything; signing out takes both away.
const LAST = "last-person";
type Last = { session: Session; mission: Mission | null };

function remember(): void {
  const [who, of] = [session.value, mission.value];
  if (!who) return forgetPerson();
  const kept: Last = {
    session: { name: who.name, role: who.role, acts_for: who.acts_for, may: [] },
    mission: of && { id: of.id, title: of.title, zone: of.zone, zone_name: of.zone_name },
  };
  localStorage.setItem(LAST, JSON.stringify(kept));
}

/** Takes both away. */
export function forgetPerson(): void {
  localStorage.removeItem(LAST);
}

function remembered(): Last | undefined {
  const kept = localStorage.getItem(LAST);
  return kept ? (JSON.parse(kept) as Last) : undefined;
}

/** Why nobody was signed in: what was shown opens nothing, too much was tried, the server does not answer, or the authenticator signed nothing. */
export type Refusal = "refused" | "too-often" | "unreachable" | "not-signed";

/** Signs in; says why not when the server will not. */
export async function signIn(by: { token: string } | { name: string; password: string } | { challenge: string; passkey: unknown } | { state: string; proof: string; code: string }): Promise<Refusal | undefined> {
  const answer = await fetch("/api/session", { method: "POST", headers: HEADERS, body: JSON.stringify(by) }).catch(() => undefined);
  if (answer?.ok) {
    await who();
    return undefined;
  }
  session.value = null;
  if (!answer || answer.status >= 500) return "unreachable";
  return answer.status === 429 ? "too-often" : "refused";
}

export async function signOut(): Promise<void> {
  await fetch("/api/session", { method: "DELETE", headers: HEADERS }).catch(() => undefined);
  session.value = null;
  remember();
  location.hash = "#/public";
}
