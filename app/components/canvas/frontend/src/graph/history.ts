/** Undo and redo as a stack of whole values. Values are never changed in place, so a step costs a few references. */

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last step was, and when: quick repetitions of one thing become one step. */
  readonly tag: string | null;
  readonly at: number;
}

export const LIMIT = 200;
const BURST_MS = 1000;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], tag: null, at: 0 };
}

export function record<T>(history: History<T>, next: T, tag: string | null, now: number): History<T> {
  if (next === history.present) return history;
  const joins = tag !== null && tag === history.tag && now - history.at < BURST_MS;
  const past = joins ? history.past : [...history.past, history.present].slice(-LIMIT);
  return { past, present: next, future: [], tag, at: now };
}

export function undo<T>(history: History<T>): History<T> {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    tag: null,
    at: 0,
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, tag: null, at: 0 };
}
