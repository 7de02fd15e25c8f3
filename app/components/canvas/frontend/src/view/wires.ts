import type { EdgeDoc } from "../protocol";
import type { PortsOf } from "../graph/ports";
import type { Snapshot } from "../session";
import type { WireEdge } from "./types";

const keyOf = (edge: EdgeDoc) => JSON.stringify([edge.target, edge.target_port]);

/** The wires of a design as React Flow wants them. Those that did not change keep their object. */
export function wires({ state, notes }: Snapshot, portsOf: PortsOf, old: ReadonlyMap<string, WireEdge>): WireEdge[] {
  const graph = state.history.present;
  const chosen = new Set(state.selection.nodes);
  const chosenWires = new Set(state.selection.edges);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const crowd = new Map<string, number>();
  for (const edge of graph.edges) crowd.set(keyOf(edge), (crowd.get(keyOf(edge)) ?? 0) + 1);

  return graph.edges.flatMap((edge): WireEdge[] => {
    const source = byId.get(edge.source);
    const target = byId.get(edge.target);
    if (!source || !target) return [];
    const port = portsOf(target).inputs.find((input) => input.name === edge.target_port);
    const faulty = notes[edge.target]?.findings?.some(
      (finding) => finding.severity === "error" && finding.port === edge.target_port,
    );
    const from = notes[edge.source];
    const shape = from?.outputs?.[edge.source_port] ?? null;
    const wire: WireEdge = {
      id: edge.id,
      type: "wire",
      source: edge.source,
      sourceHandle: edge.source_port,
      target: edge.target,
      targetHandle: edge.target_port,
      selected: chosenWires.has(edge.id),
      ariaLabel:
        `Wire from ${source.name} ${edge.source_port} to ${target.name} ${edge.target_port}` + (shape ? `, ${shape}` : ""),
      data: {
        place: port?.variadic && (crowd.get(keyOf(edge)) ?? 0) > 1 ? edge.slot + 1 : null,
        faulty: faulty ?? false,
        near: chosen.has(edge.source) || chosen.has(edge.target),
        // Every tensor has the batch axis: it says nothing at a wire.
        shape: shape?.replace(/^batch × /, "") ?? null,
        kind: from?.kinds?.[edge.source_port] ?? null,
      },
    };
    const before = old.get(edge.id);
    return [before && same(before, wire) ? before : wire];
  });
}

function same(a: WireEdge, b: WireEdge): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
