// The typed client: its shapes are made from docs/openapi.json (`npm run client`), so that a screen cannot ask for what the server does not answer.
// A write carries a key by which the server knows it again; sent twice it is done once.
import createClient from "openapi-fetch";
import type { paths } from "./schema.d.ts";

export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin", headers: { "X-Truceline": "1" } });

/** A key for one write; kept with it until it is answered. */
export function key(): string {
  return crypto.randomUUID();
}

/** What a server says that will not do something: its words are for people. */
export type Problem = { title?: string; detail?: string; status?: number };

/** The words of a refusal. */
export function refusal(error: unknown): string {
  if (error && typeof error === "object") {
    const problem = error as Problem;
    return problem.detail ?? problem.title ?? String(problem.status ?? "");
  }
  return String(error);
}
