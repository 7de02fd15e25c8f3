import type { EdgeDoc, GraphDoc, NodeDoc, StickyDoc } from "../protocol";
import { withStickies } from "./stickies";

/** Layers with the wires among them, kept under a name to be added to any design. */
export interface Block {
  name: string;
  part: GraphDoc;
}

export const LONGEST_NAME = 60;
const MOST = 50;

/** The blocks with one more, or with another part under a name that is taken; by name. */
export function withBlock(blocks: readonly Block[], block: Block): readonly Block[] {
  const others = blocks.filter((other) => other.name !== block.name);
  return [...others, block].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST);
}

export function withoutBlock(blocks: readonly Block[], name: string): readonly Block[] {
  return blocks.filter((block) => block.name !== name);
}

/** Why no block can be saved under a name; null when one can. */
export function blockProblem(name: string, blocks: readonly Block[]): string | null {
  if (name.trim() === "") return "A block needs a name.";
  const taken = blocks.some((block) => block.name === name.trim());
  return !taken && blocks.length >= MOST ? `There are ${MOST} blocks already: delete one first.` : null;
}

/** What was written down, as far as it is what it should be: anybody can write into the storage of a browser. */
export function readBlocks(text: string | null): readonly Block[] {
  try {
    const raw: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(raw) ? raw.flatMap((entry: unknown) => blockIn(entry) ?? []).reduce(withBlock, [] as readonly Block[]) : [];
  } catch {
    return [];
  }
}

/** A part that a design can hold: layers that call one once more which is in neither of them have one of their own. */
export function standingAlone(part: GraphDoc, within?: GraphDoc): GraphDoc {
  const ids = new Set([...part.nodes, ...(within?.nodes ?? [])].map((node) => node.id));
  const nodes = part.nodes.map((node) => (node.shares && !ids.has(node.shares) ? { ...node, shares: null } : node));
  return { ...part, nodes };
}

function blockIn(entry: unknown): Block | null {
  if (!isTable(entry) || typeof entry["name"] !== "string" || !isTable(entry["part"])) return null;
  const name = entry["name"].trim().slice(0, LONGEST_NAME);
  const { nodes, edges, sticky_notes: stickies = [] } = entry["part"];
  if (name === "" || !isListOf(nodes, isNode) || !isListOf(edges, isEdge) || !isListOf(stickies, isSticky)) return null;
  const ids = new Set(nodes.map((node) => node.id));
  const inner = edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  return nodes.length + stickies.length === 0 ? null : { name, part: withStickies({ nodes, edges: inner }, stickies) };
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

function isNode(value: unknown): value is NodeDoc {
  return has(value, ["id", "layer", "name", "note"], ["x", "y"]) && isTable(value["params"]) && isTable(value["settings"]);
}

function isEdge(value: unknown): value is EdgeDoc {
  return has(value, ["id", "source", "source_port", "target", "target_port"], ["slot"]);
}

function isSticky(value: unknown): value is StickyDoc {
  return has(value, ["id", "text"], ["x", "y", "width", "height"]);
}

function has(value: unknown, texts: readonly string[], numbers: readonly string[]): value is Record<string, unknown> {
  return (
    isTable(value) && texts.every((name) => typeof value[name] === "string") && numbers.every((name) => Number.isFinite(value[name]))
  );
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
