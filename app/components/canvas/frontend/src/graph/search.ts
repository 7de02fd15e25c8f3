import { factWith } from "./facts";

export interface Searchable {
  label: string;
  /** Further words to be found by, weighing less than the label. */
  words?: string;
  /** What else is known of it, each a few words: found by them it says which. */
  facts?: readonly string[];
}

/**
 * How well a text answers a query; null when it does not.
 *
 * The letters must appear in order. A run of letters, the beginning of a word and the beginning of the text weigh more, so
 * that "cv2" finds "Conv2D" and "mp" finds "MaxPooling2D" before "Embedding".
 */
function score(query: string, text: string): number | null {
  const wanted = query.toLowerCase().replace(/\s+/g, "");
  const lower = text.toLowerCase();
  if (wanted === "") return 0;
  const direct = lower.indexOf(wanted);
  if (direct === 0) return 1000 - text.length;
  if (direct > 0) return (startsWord(text, direct) ? 800 : 600) - text.length;

  let total = 0;
  let from = 0;
  let last = -2;
  for (const letter of wanted) {
    const at = bestPlace(text, lower, letter, from, last);
    if (at === -1) return null;
    total += at === last + 1 ? 8 : startsWord(text, at) ? 10 : 1;
    last = at;
    from = at + 1;
  }
  return total - text.length / 100;
}

/** Right after the last hit, else at the beginning of a word, else anywhere. */
function bestPlace(text: string, lower: string, letter: string, from: number, last: number): number {
  if (lower[last + 1] === letter && last + 1 >= from) return last + 1;
  for (let at = from; at < lower.length; at += 1) {
    if (lower[at] === letter && startsWord(text, at)) return at;
  }
  return lower.indexOf(letter, from);
}

function startsWord(text: string, at: number): boolean {
  const before = text[at - 1];
  const here = text[at];
  if (before === undefined || here === undefined) return true;
  return /[^A-Za-z0-9]/.test(before) || (/[a-z]/.test(before) && /[A-Z0-9]/.test(here));
}

/** What the label itself is worth where it contains the query as it is written. */
const DIRECT = 400;

export interface Hit<T> {
  item: T;
  /** The fact that it was found by, where its label does not say why. */
  fact: string | null;
}

/** The items that answer the query, best first; all of them in their order when there is no query. */
export function search<T extends Searchable>(query: string, items: readonly T[]): T[] {
  return hitsOf(query, items).map((hit) => hit.item);
}

/** The same, and what each was found by. */
export function hitsOf<T extends Searchable>(query: string, items: readonly T[]): Hit<T>[] {
  if (query.trim() === "") return items.map((item) => ({ item, fact: null }));
  const hits = items.flatMap((item, index) => {
    const label = score(query, item.label);
    const wordsHit = (item.words ?? "").toLowerCase().includes(query.trim().toLowerCase()) ? 100 : null;
    const fact = (label ?? 0) > DIRECT ? null : factWith(query, item.facts ?? []);
    const best = Math.max(label ?? -1, wordsHit ?? -1, fact === null ? -1 : DIRECT / 2);
    return best < 0 ? [] : [{ item, index, best, fact }];
  });
  return hits.sort((a, b) => b.best - a.best || a.index - b.index);
}
