import { type Memory, holds, pack, unpack } from "./graph/memory";
import type { GraphDoc } from "./protocol";
import { forget, keep, recall } from "./storage";

const PREFIX = "layerloom:design:";
const LIST = "layerloom:designs";
/** Designs of one tab whose history is kept; a browser gives about five million letters in all. */
const MOST_DESIGNS = 3;

/** Keeps what undo needs, for this tab alone, over a reload of the page. */
export function remember(design: string, memory: Memory): void {
  const others = designs().filter((other) => other !== design);
  for (const old of others.splice(MOST_DESIGNS - 1)) forget("session", PREFIX + old);
  keep("session", LIST, JSON.stringify([design, ...others]));
  if (keep("session", PREFIX + design, pack(memory))) return;
  for (const other of others) forget("session", PREFIX + other);
  if (!keep("session", PREFIX + design, pack(memory))) forget("session", PREFIX + design);
}

/** What was kept of a design, if it still holds for the document that Python has. */
export function remembered(design: string, document: GraphDoc): { memory: Memory; ahead: boolean } | null {
  const memory = unpack(recall("session", PREFIX + design));
  const state = memory && holds(memory, document);
  return memory && state ? { memory, ahead: state === "ahead" } : null;
}

function designs(): string[] {
  try {
    const list: unknown = JSON.parse(recall("session", LIST) ?? "[]");
    return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}
