/** Which layers somebody likes and has used last, by their registry names. */
export interface Usage {
  readonly favourites: readonly string[];
  readonly recent: readonly string[];
}

const NO_USAGE: Usage = { favourites: [], recent: [] };
const MOST_RECENT = 6;

export function used(usage: Usage, layer: string): Usage {
  if (usage.recent[0] === layer) return usage;
  return { ...usage, recent: [layer, ...usage.recent.filter((other) => other !== layer)].slice(0, MOST_RECENT) };
}

export function liked(usage: Usage, layer: string): Usage {
  const { favourites } = usage;
  const next = favourites.includes(layer) ? favourites.filter((other) => other !== layer) : [...favourites, layer];
  return { ...usage, favourites: next };
}

/** The place of a layer in a list that begins with what was used last and what is liked; all others share the last. */
export function placeBy({ favourites, recent }: Usage): (layer: string) => number {
  const first = [...new Set([...recent, ...favourites])];
  return (layer) => (first.includes(layer) ? first.indexOf(layer) : first.length);
}

/** What was written down, as far as it is what it should be. */
export function readUsage(text: string | null): Usage {
  try {
    const raw = JSON.parse(text ?? "{}") as Partial<Record<keyof Usage, unknown>>;
    return { favourites: names(raw.favourites), recent: names(raw.recent).slice(0, MOST_RECENT) };
  } catch {
    return NO_USAGE;
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
