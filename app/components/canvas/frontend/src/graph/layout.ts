import { Graph, layout } from "@dagrejs/dagre";
import type { GraphDoc } from "../protocol";
import { CARD, type Point, type Size } from "./placement";

/** Layers from left to right with few crossings. The drawing keeps its upper left corner, so that it does not jump away. */
export function tidy(graph: GraphDoc, sizes: ReadonlyMap<string, Size>): Map<string, Point> {
  if (graph.nodes.length === 0) return new Map();
  const plan = new Graph({ multigraph: true });
  plan.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 72, edgesep: 16 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) plan.setNode(node.id, { ...(sizes.get(node.id) ?? CARD) });
  for (const edge of graph.edges) plan.setEdge(edge.source, edge.target, {}, edge.id);
  layout(plan);

  const corners = graph.nodes.map((node) => {
    const middle = plan.node(node.id) as Point & Size;
    return { id: node.id, x: middle.x - middle.width / 2, y: middle.y - middle.height / 2 };
  });
  const shift = {
    x: Math.min(...graph.nodes.map((node) => node.x)) - Math.min(...corners.map((corner) => corner.x)),
    y: Math.min(...graph.nodes.map((node) => node.y)) - Math.min(...corners.map((corner) => corner.y)),
  };
  return new Map(corners.map(({ id, x, y }) => [id, { x: Math.round(x + shift.x), y: Math.round(y + shift.y) }]));
}
