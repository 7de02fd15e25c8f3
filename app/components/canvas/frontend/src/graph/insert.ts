import type { EdgeDoc, GraphDoc, NodeDoc } from "../protocol";
import { refusal } from "./connect";
import { connect, removeParts } from "./edits";
import type { PortsOf } from "./ports";

/**
 * The design with a node put into a wire: what came through the wire goes through the node.
 *
 * Null when the node has no free input and output for that. The wire behind keeps its place among those of its port.
 */
export function insertInto(graph: GraphDoc, wire: string, node: NodeDoc, portsOf: PortsOf): GraphDoc | null {
  const edge = graph.edges.find((candidate) => candidate.id === wire);
  if (!edge || edge.source === node.id || edge.target === node.id) return null;
  const open = removeParts(graph, [], [wire]);
  for (const input of portsOf(node).inputs) {
    const before = { source: edge.source, source_port: edge.source_port, target: node.id, target_port: input.name };
    if (refusal(open, before, portsOf) !== null) continue;
    const half = connect(open, before);
    for (const output of portsOf(node).outputs) {
      const behind = { source: node.id, source_port: output, target: edge.target, target_port: edge.target_port };
      if (refusal(half, behind, portsOf) === null) return connect(half, behind, edge.slot);
    }
  }
  return null;
}

/** Whether a node hangs in no wire, so that dropping it on one may mean to put it in. */
export function isLoose(edges: readonly EdgeDoc[], node: string): boolean {
  return !edges.some((edge) => edge.source === node || edge.target === node);
}
