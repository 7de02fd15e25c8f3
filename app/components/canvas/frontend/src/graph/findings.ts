import type { Finding, GraphDoc, NodeNotes } from "../protocol";

/** "error" if any finding is one, else "warning"; undefined when there is none. */
export function worst(findings: readonly Finding[] = []): Finding["severity"] | undefined {
  return findings.find((finding) => finding.severity === "error")?.severity ?? findings[0]?.severity;
}

/** Nodes with findings, those with errors first, otherwise from left to right as they are drawn. */
export function troubled(graph: GraphDoc, notes: Readonly<Record<string, NodeNotes>>): string[] {
  const grave = (id: string) => (worst(notes[id]?.findings) === "error" ? 0 : 1);
  return graph.nodes
    .filter((node) => (notes[node.id]?.findings?.length ?? 0) > 0)
    .sort((a, b) => grave(a.id) - grave(b.id) || a.x - b.x || a.y - b.y)
    .map((node) => node.id);
}

/** The entry after, or before, the one in force; the first one when none of them is. */
export function nextOf(ids: readonly string[], current: string | undefined, step: 1 | -1): string | undefined {
  const at = current === undefined ? -1 : ids.indexOf(current);
  if (at === -1) return step === 1 ? ids[0] : ids.at(-1);
  return ids[(at + step + ids.length) % ids.length];
}
