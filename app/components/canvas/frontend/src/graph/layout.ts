import { Graph, layout } from "@dagrejs/dagre";
import type { GraphDoc } from "../protocol";
import { CARD, type Point, type Size } from "./placement";

const LOOSE_COLUMNS = 4;
const GAP = 36;
const BETWEEN_LAYERS = 56;

/**
 * Layers from left to right with few crossings; layers without a wire stand in rows below.
 *
 * The drawing keeps its upper left corner, so that it does not jump away.
 */
export function tidy(graph: GraphDoc, sizes: ReadonlyMap<string, Size>): Map<string, Point> {
  const wired = new Set(graph.edges.flatMap((edge) => [edge.source, edge.target]));
  const sizeOf = (id: string): Size => sizes.get(id) ?? CARD;
  const corners = new Map<string, Point>();
  const below = placeWired(graph, wired, sizeOf, corners);
  const loose = graph.nodes.filter((node) => !wired.has(node.id));
  placeRows(loose.map((node) => node.id), below, sizeOf, corners);

  const old = cornerOf(graph.nodes);
  const fresh = cornerOf([...corners.values()]);
  return new Map(
    [...corners].map(([id, { x, y }]) => [id, { x: Math.round(x - fresh.x + old.x), y: Math.round(y - fresh.y + old.y) }]),
  );
}

/** Gives back the height at which the rows of unwired layers may begin. */
function placeWired(
  graph: GraphDoc,
  wired: ReadonlySet<string>,
  sizeOf: (id: string) => Size,
  corners: Map<string, Point>,
): number {
  if (wired.size === 0) return 0;
  const plan = new Graph({ multigraph: true });
  plan.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: BETWEEN_LAYERS, edgesep: 16 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const id of wired) plan.setNode(id, { ...sizeOf(id) });
  for (const edge of graph.edges) plan.setEdge(edge.source, edge.target, {}, edge.id);
  layout(plan);
  let bottom = 0;
  for (const id of wired) {
    const middle = plan.node(id) as Point & Size;
    corners.set(id, { x: middle.x - middle.width / 2, y: middle.y - middle.height / 2 });
    bottom = Math.max(bottom, middle.y + middle.height / 2);
  }
  return bottom + 2 * GAP;
}

function placeRows(ids: readonly string[], top: number, sizeOf: (id: string) => Size, corners: Map<string, Point>): void {
  let y = top;
  for (let first = 0; first < ids.length; first += LOOSE_COLUMNS) {
    const row = ids.slice(first, first + LOOSE_COLUMNS);
    let x = 0;
    for (const id of row) {
      corners.set(id, { x, y });
      x += sizeOf(id).width + GAP;
    }
    y += Math.max(...row.map((id) => sizeOf(id).height)) + GAP;
  }
}

function cornerOf(points: readonly Point[]): Point {
  return { x: Math.min(...points.map((point) => point.x)), y: Math.min(...points.map((point) => point.y)) };
}
