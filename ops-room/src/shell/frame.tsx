// The frame around every screen: where one is, who one is, as of when, in which language. Holds no fact of any record.
import { useEffect, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { SCREENS, type Screen } from "../screens/index.ts";
import { catalogue, choose, chooseDigits, digits, lang, LANGS, of, OWN_NAME, type Lang } from "../words/index.ts";
import { Keys } from "./keys.tsx";
import { connected, hangUp, listen } from "./live.ts";
import { moment } from "./moment.ts";
import { Passkeys } from "./passkeys.tsx";
import { address, asOf, lookAsOf, to } from "./route.ts";
import { mission, session, signOut } from "./session.ts";
import { SignIn } from "./signin.tsx";

const w = of("shell");
const theme = signal(localStorage.getItem("theme") ?? "auto");

function offered(screen: Screen): boolean {
  const who = session.value;
  if (screen.roles === null) return true;
  return who ? screen.roles === "signed-in" || screen.roles.includes(who.role) : false;
}

function Navigation() {
  return (
    <nav aria-label={w("navigation")}>
      <ul>
        {SCREENS.filter(offered).map((screen) => (
          <li key={screen.id}>
            <a href={to(screen.id)} aria-current={address.value.screen === screen.id ? "page" : undefined}>
              {w(`screen-${screen.id}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Settings() {
  const [isOpen, setOpen] = useState(false);
  const setTheme = (next: string) => {
    localStorage.setItem("theme", next);
    theme.value = next;
  };
  document.documentElement.dataset["theme"] = theme.value;
  return (
    <details class="settings" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w("settings")}</summary>
      <div class="settings-body">
        <label>
          {w("language")}
          <select value={lang.value} onChange={(event) => void choose(event.currentTarget.value as Lang)}>
            {LANGS.map((one) => (
              <option key={one} value={one} lang={one}>
                {OWN_NAME[one]}
              </option>
            ))}
          </select>
        </label>
        {lang.value === "ar" && (
          <label>
            {w("digits")}
            <select value={digits.value} onChange={(event) => chooseDigits(event.currentTarget.value as "latn" | "arab")}>
              <option value="latn">123</option>
              <option value="arab">١٢٣</option>
            </select>
          </label>
        )}
        <label>
          {w("theme")}
          <select value={theme.value} onChange={(event) => setTheme(event.currentTarget.value)}>
            {["auto", "light", "dark"].map((one) => (
              <option key={one} value={one}>
                {w(`theme-${one}`)}
              </option>
            ))}
          </select>
        </label>
        {isOpen && session.value && <Passkeys />}
      </div>
    </details>
  );
}

function Who() {
  const who = session.value;
  if (!who) return null;
  return (
    <div class="who">
      <span>
        <b>{who.name}</b> · {w(`role-${who.role}`)}
      </span>
      <span class={connected.value ? "line stands" : "line broken"} role="status">
        {connected.value ? w("line-stands") : w("line-broken")}
      </span>
      <button type="button" onClick={() => void signOut()}>
        {w("sign-out")}
      </button>
    </div>
  );
}

/** Says plainly that what is shown is not now. */
function Moment() {
  if (!asOf.value) return null;
  return (
    <p class="as-of" role="status">
      {w("as-of", { moment: moment(asOf.value) })}{" "}
      <button type="button" onClick={() => lookAsOf(undefined)}>
        {w("to-now")}
      </button>
    </p>
  );
}

function Shown({ screen }: { screen: Screen }) {
  const [one, setOne] = useState<{ of: string; Screen: ComponentType } | undefined>();
  const [fault, setFault] = useState("");
  useEffect(() => {
    let here = true;
    setFault("");
    const names = screen.id;
    Promise.all([screen.open(), catalogue(names).catch(() => undefined)])
      .then(([loaded]) => here && setOne({ of: screen.id, Screen: loaded.default }))
      .catch(() => here && setFault(w("not-loaded")));
    return () => {
      here = false;
    };
  }, [screen.id]);
  if (fault) return <p role="alert">{fault}</p>;
  return one?.of === screen.id ? <one.Screen /> : <p class="waiting">{w("loading")}</p>;
}

export function Frame() {
  const who = session.value;
  useEffect(() => {
    if (who) listen();
    else hangUp();
  }, [who]);
  useEffect(() => {
    document.title = `${w(`screen-${address.value.screen}`)} · Truceline`;
  }, [address.value.screen, lang.value]);
  const screen = SCREENS.find((one) => one.id === address.value.screen);
  const title = mission.value?.title[lang.value] ?? mission.value?.title["en"];
  let shown;
  if (who === undefined) shown = <p class="waiting">{w("loading")}</p>;
  else if (!screen) shown = <p role="alert">{w("no-screen")}</p>;
  else if (!who && screen.roles !== null) shown = <SignIn />;
  else shown = <Shown screen={screen} />;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {w("skip")}
      </a>
      <header>
        <div class="brand">
          <b>Truceline</b>
          {title && <span>{title}</span>}
        </div>
        <Navigation />
        <Who />
        <Settings />
      </header>
      <Moment />
      <main id="main" tabIndex={-1}>
        {shown}
      </main>
      <Keys />
    </>
  );
}

/** The address is the router's; going to the content must not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
