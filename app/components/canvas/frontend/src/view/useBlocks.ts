import { useSyncExternalStore } from "react";
import { type Block, readBlocks, withBlock, withoutBlock } from "../graph/blocks";
import { keep, recall } from "../storage";

const KEY = "layerloom:blocks";
const listeners = new Set<() => void>();
let shelf: { blocks: readonly Block[]; /** What was deleted last: it can be brought back. */ deleted: Block | null } | null = null;

function read() {
  shelf ??= { blocks: readBlocks(recall("local", KEY)), deleted: null };
  return shelf;
}

/** Whether the browser had room for it. */
function change(blocks: readonly Block[], deleted: Block | null): boolean {
  if (!keep("local", KEY, JSON.stringify(blocks))) return false;
  shelf = { blocks, deleted };
  for (const listener of listeners) listener();
  return true;
}

// Another tab has changed them.
globalThis.addEventListener?.("storage", (event) => {
  if (event.key !== KEY) return;
  shelf = { blocks: readBlocks(event.newValue), deleted: null };
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The blocks of whoever works at this machine: one list for all designs, kept by the browser. */
export function useBlocks() {
  return useSyncExternalStore(subscribe, read);
}

export const blocksNow = (): readonly Block[] => read().blocks;

export function saveBlock(block: Block): boolean {
  return change(withBlock(read().blocks, block), null);
}

export function deleteBlock(name: string): boolean {
  const deleted = read().blocks.find((block) => block.name === name) ?? null;
  return change(withoutBlock(read().blocks, name), deleted);
}
