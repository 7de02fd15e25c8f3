import type { Json, NodeDoc, NodeNotes } from "../protocol";
import { valueText } from "./summary";

/** Letters that are shown of a long text, around what was found in it. */
const SHOWN = 44;

/** What is known of a layer besides its names, a few words each: parameters, shapes, the note. */
export function factsOf(node: NodeDoc, notes: NodeNotes | undefined): string[] {
  const set = [...Object.entries(node.params), ...Object.entries(node.settings)].flatMap(([name, value]) => told(name, value));
  const shapes = Object.entries(notes?.outputs ?? {}).map(([port, shape]) => `${port} ${shape}`);
  return [...set, ...shapes, ...(node.note ? [`note: ${node.note}`] : [])];
}

/** A parameter, and those of a thing it holds: an L2 and its strength. */
function told(name: string, value: Json): string[] {
  const inner = typeof value === "object" && value !== null && !Array.isArray(value) ? (value["config"] ?? value["params"]) : null;
  const parts = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.entries(inner) : [];
  return [`${name} ${valueText(value)}`, ...parts.flatMap(([part, held]) => told(`${name}: ${part}`, held))];
}

/** The first fact in which the words of a query stand, shortened around them; null when there is none. */
export function factWith(query: string, facts: readonly string[]): string | null {
  const wanted = bare(query);
  if (wanted === "") return null;
  const fact = facts.find((one) => bare(one).includes(wanted));
  return fact === undefined ? null : shortened(fact, query.trim());
}

/** So that "28x28" finds "28 × 28", and "units=64" finds "units 64". */
function bare(text: string): string {
  return text.toLowerCase().replaceAll("×", "x").replace(/[\s=:,()]+/g, "");
}

function shortened(text: string, query: string): string {
  const line = text.replace(/\s+/g, " ");
  if (line.length <= SHOWN) return line;
  const at = Math.max(0, line.toLowerCase().indexOf(query.toLowerCase()));
  const from = Math.max(0, Math.min(at - SHOWN / 4, line.length - SHOWN));
  return `${from > 0 ? "…" : ""}${line.slice(from, from + SHOWN).trim()}${from + SHOWN < line.length ? "…" : ""}`;
}
