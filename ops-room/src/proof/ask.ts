// What the server answers, or why not, as something that a check can end with.
import { refusal } from "../api/client.ts";
import { Broken } from "./bytes.ts";

export async function ask<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data, error } = await answer;
  if (data === undefined) throw new Broken("broken-answer", { say: refusal(error) });
  return data;
}
