import { useMemo, useSyncExternalStore } from "react";
import { type Usage, liked, readUsage, used } from "../graph/favourites";
import { keep, recall } from "../storage";

const KEY = "layerloom:layers";
let usage: Usage | null = null;
const listeners = new Set<() => void>();

function read(): Usage {
  usage ??= readUsage(recall("local", KEY));
  return usage;
}

function change(next: Usage): void {
  if (next === usage) return;
  usage = next;
  keep("local", KEY, JSON.stringify(next));
  for (const listener of listeners) listener();
}

// Another tab has changed it.
globalThis.addEventListener?.("storage", (event) => {
  if (event.key !== KEY) return;
  usage = readUsage(event.newValue);
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Favourite and recent layers: one list for all designs, kept by the browser. */
export function useUsage() {
  const current = useSyncExternalStore(subscribe, read);
  return useMemo(() => ({ ...current, toggle: (layer: string) => change(liked(read(), layer)) }), [current]);
}

export function noteUse(layer: string): void {
  change(used(read(), layer));
}
