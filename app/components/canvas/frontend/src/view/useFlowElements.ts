import type { EdgeChange, NodeChange } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Point, Size } from "../graph/placement";
import type { Knowledge, PortsOf } from "../graph/ports";
import type { Selection } from "../graph/state";
import type { Session, Snapshot } from "../session";
import type { CardNode, WireEdge } from "./types";

interface Drawn {
  inputs: readonly unknown[];
  node: CardNode;
}

/**
 * The design as React Flow wants it, and the way back.
 *
 * Positions during a drag and measured sizes live here; all else comes from the session. Cards that did not change keep
 * their object, so that React draws only what changed.
 */
export function useFlowElements(
  session: Session,
  snapshot: Snapshot,
  knowledge: Knowledge,
  portsOf: PortsOf,
  hueOf: (layer: string) => number,
) {
  const { history, selection } = snapshot.state;
  const graph = history.present;
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(new Map());
  const drawn = useRef(new Map<string, Drawn>());

  const nodes = useMemo(() => {
    const chosen = new Set(selection.nodes);
    const next = new Map<string, Drawn>();
    for (const node of graph.nodes) {
      const notes = knowledge.notes[node.id];
      const entry = knowledge.entries.get(node.layer);
      const place = dragged.get(node.id);
      const size = sizes.get(node.id);
      const known = entry !== undefined || (notes?.inputs !== undefined && notes.output_ports !== undefined);
      const inputs = [node, notes, entry, place, size, chosen.has(node.id), hueOf, known ? null : graph.edges];
      const old = drawn.current.get(node.id);
      const same = old?.inputs.every((value, index) => value === inputs[index]);
      next.set(node.id, same && old ? old : { inputs, node: card() });

      function card(): CardNode {
        return {
          id: node.id,
          type: "layer",
          position: place ?? { x: node.x, y: node.y },
          data: { node, notes, entry, ports: portsOf(node), hue: hueOf(node.layer) },
          selected: chosen.has(node.id),
          measured: size,
          ariaLabel: `${entry?.label ?? node.layer} ${node.name}`,
        };
      }
    }
    drawn.current = next;
    return [...next.values()].map((item) => item.node);
  }, [graph, selection.nodes, knowledge, dragged, sizes, portsOf, hueOf]);

  const edges = useMemo(() => wires(snapshot, portsOf), [snapshot, portsOf]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      for (const change of changes) {
        if (change.type === "dimensions" && change.dimensions) {
          const { dimensions } = change;
          setSizes((old) => new Map(old).set(change.id, dimensions));
        }
        if (change.type === "position" && change.dragging && change.position) {
          const { position } = change;
          setDragged((old) => new Map(old).set(change.id, position));
        }
      }
      selectBy(session, changes, "nodes");
    },
    [session],
  );

  const onEdgesChange = useCallback((changes: EdgeChange<WireEdge>[]) => selectBy(session, changes, "edges"), [session]);

  const endDrag = useCallback(() => setDragged(new Map()), []);

  return { nodes, edges, sizes, onNodesChange, onEdgesChange, endDrag };
}

function wires({ state, notes }: Snapshot, portsOf: PortsOf): WireEdge[] {
  const graph = state.history.present;
  const chosen = new Set(state.selection.nodes);
  const chosenWires = new Set(state.selection.edges);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const crowd = new Map<string, number>();
  const keyOf = (edge: { target: string; target_port: string }) => JSON.stringify([edge.target, edge.target_port]);
  for (const edge of graph.edges) crowd.set(keyOf(edge), (crowd.get(keyOf(edge)) ?? 0) + 1);

  return graph.edges.flatMap((edge): WireEdge[] => {
    const source = byId.get(edge.source);
    const target = byId.get(edge.target);
    if (!source || !target) return [];
    const port = portsOf(target).inputs.find((input) => input.name === edge.target_port);
    const faulty = notes[edge.target]?.findings?.some(
      (finding) => finding.severity === "error" && finding.port === edge.target_port,
    );
    return [
      {
        id: edge.id,
        type: "wire",
        source: edge.source,
        sourceHandle: edge.source_port,
        target: edge.target,
        targetHandle: edge.target_port,
        selected: chosenWires.has(edge.id),
        ariaLabel: `Wire from ${source.name} ${edge.source_port} to ${target.name} ${edge.target_port}`,
        data: {
          place: port?.variadic && (crowd.get(keyOf(edge)) ?? 0) > 1 ? edge.slot + 1 : null,
          faulty: faulty ?? false,
          near: chosen.has(edge.source) || chosen.has(edge.target),
        },
      },
    ];
  });
}

function selectBy(session: Session, changes: readonly (NodeChange | EdgeChange)[], kind: keyof Selection): void {
  const picks = changes.filter((change) => change.type === "select");
  if (picks.length === 0) return;
  const selection = session.read().state.selection;
  const chosen = new Set(selection[kind]);
  for (const pick of picks) {
    if (pick.selected) chosen.add(pick.id);
    else chosen.delete(pick.id);
  }
  session.dispatch({ type: "select", selection: { ...selection, [kind]: [...chosen] } });
}
