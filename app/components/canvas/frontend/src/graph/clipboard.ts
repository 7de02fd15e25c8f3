import type { EdgeDoc, GraphDoc } from "../protocol";
import { newEdgeId, newNodeId, newStickyId } from "./ids";
import { uniqueName } from "./names";
import { stickiesOf, withStickies } from "./stickies";

/** The chosen nodes and sticky notes, and the wires among them. */
export function copyOf(graph: GraphDoc, ids: readonly string[]): GraphDoc {
  const chosen = new Set(ids);
  const part = {
    nodes: graph.nodes.filter((node) => chosen.has(node.id)),
    edges: graph.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target)),
  };
  return withStickies(part, stickiesOf(graph).filter((sticky) => chosen.has(sticky.id)));
}

/** The wires that come to the chosen nodes from others. */
export function incomingOf(graph: GraphDoc, ids: readonly string[]): readonly EdgeDoc[] {
  const chosen = new Set(ids);
  return graph.edges.filter((edge) => chosen.has(edge.target) && !chosen.has(edge.source));
}

/**
 * A copy to add to a design: new ids, names that are free, everything moved by the same distance.
 *
 * Wires that begin at a node outside of the part keep that beginning.
 */
export function freshCopy(
  part: GraphDoc,
  taken: ReadonlySet<string>,
  shift: { x: number; y: number },
): GraphDoc {
  const names = new Set(taken);
  const ids = new Map<string, string>();
  const moved = (item: { x: number; y: number }) => ({ x: Math.round(item.x + shift.x), y: Math.round(item.y + shift.y) });
  for (const node of part.nodes) ids.set(node.id, newNodeId());
  const nodes = part.nodes.map((node) => {
    const name = uniqueName(node.name, names);
    names.add(name);
    const shares = node.shares ? { shares: ids.get(node.shares) ?? node.shares } : {};
    return { ...node, ...shares, id: ids.get(node.id) ?? node.id, name, ...moved(node) };
  });
  const edges = part.edges.map((edge) => ({
    ...edge,
    id: newEdgeId(),
    source: ids.get(edge.source) ?? edge.source,
    target: ids.get(edge.target) ?? edge.target,
  }));
  const stickies = stickiesOf(part).map((sticky) => ({ ...sticky, id: newStickyId(), ...moved(sticky) }));
  return withStickies({ nodes, edges }, stickies);
}

/** How far to move a part so that the middle of the upper left corners in it lies at a point. */
export function shiftTo(part: GraphDoc, point: { x: number; y: number }): { x: number; y: number } {
  const items = [...part.nodes, ...stickiesOf(part)];
  const xs = items.map((item) => item.x);
  const ys = items.map((item) => item.y);
  return {
    x: point.x - (Math.min(...xs) + Math.max(...xs)) / 2,
    y: point.y - (Math.min(...ys) + Math.max(...ys)) / 2,
  };
}
