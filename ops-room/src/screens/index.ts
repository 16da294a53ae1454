// The screens in the order of the navigation, each loaded when it is first opened. `roles` says who sees it offered; the server decides what is answered.
import type { ComponentType } from "preact";

export type Screen = {
  id: string;
  /** Roles that are offered it; `null`: everybody, signed in or not. */
  roles: readonly string[] | "signed-in" | null;
  open: () => Promise<{ default: ComponentType }>;
};

export const SCREENS: readonly Screen[] = [
  { id: "watch", roles: "signed-in", open: () => import("./watch/index.tsx") },
  { id: "incidents", roles: "signed-in", open: () => import("./incidents/index.tsx") },
  { id: "agreement", roles: "signed-in", open: () => import("./agreement/index.tsx") },
  { id: "cases", roles: "signed-in", open: () => import("./cases/index.tsx") },
  { id: "inbox", roles: "signed-in", open: () => import("./inbox/index.tsx") },
  { id: "access", roles: "signed-in", open: () => import("./access/index.tsx") },
  { id: "bulletins", roles: "signed-in", open: () => import("./bulletins/index.tsx") },
  { id: "record", roles: "signed-in", open: () => import("./record/index.tsx") },
  { id: "public", roles: null, open: () => import("./public/index.tsx") },
];
