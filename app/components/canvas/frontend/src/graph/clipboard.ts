import type { GraphDoc } from "../protocol";
import { newEdgeId, newNodeId } from "./ids";
import { uniqueName } from "./names";

/** The chosen nodes and the wires among them. */
export function copyOf(graph: GraphDoc, ids: readonly string[]): GraphDoc {
  const chosen = new Set(ids);
  return {
    nodes: graph.nodes.filter((node) => chosen.has(node.id)),
    edges: graph.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target)),
  };
}

/** A copy to add to a design: new ids, names that are free, everything moved by the same distance. */
export function freshCopy(
  part: GraphDoc,
  taken: ReadonlySet<string>,
  shift: { x: number; y: number },
): GraphDoc {
  const names = new Set(taken);
  const ids = new Map<string, string>();
  const nodes = part.nodes.map((node) => {
    const id = newNodeId();
    const name = uniqueName(node.name, names);
    ids.set(node.id, id);
    names.add(name);
    return { ...node, id, name, x: Math.round(node.x + shift.x), y: Math.round(node.y + shift.y) };
  });
  const edges = part.edges.map((edge) => ({
    ...edge,
    id: newEdgeId(),
    source: ids.get(edge.source) ?? edge.source,
    target: ids.get(edge.target) ?? edge.target,
  }));
  return { nodes, edges };
}

/** How far to move a part so that its middle lies at a point. */
export function shiftTo(part: GraphDoc, point: { x: number; y: number }): { x: number; y: number } {
  const xs = part.nodes.map((node) => node.x);
  const ys = part.nodes.map((node) => node.y);
  return {
    x: point.x - (Math.min(...xs) + Math.max(...xs)) / 2,
    y: point.y - (Math.min(...ys) + Math.max(...ys)) / 2,
  };
}
