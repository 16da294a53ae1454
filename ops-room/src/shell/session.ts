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
  await who();
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
export async function signIn(by: { token: string } | { name: string; password: string } | { challenge: string; passkey: unknown }): Promise<Refusal | undefined> {
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
