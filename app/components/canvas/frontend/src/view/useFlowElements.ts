import type { EdgeChange, NodeChange } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import { groupsOf } from "../graph/groups";
import type { Point, Size } from "../graph/placement";
import type { Knowledge, PortsOf } from "../graph/ports";
import type { Selection } from "../graph/state";
import { stickiesOf } from "../graph/stickies";
import type { GraphDoc } from "../protocol";
import type { Session, Snapshot } from "../session";
import { useGlide } from "./useGlide";
import { useGuides } from "./useGuides";
import { wires } from "./wires";
import type { CardNode, DrawnNode, StickyNode, WireEdge } from "./types";

interface Drawn {
  inputs: readonly unknown[];
  node: DrawnNode;
}

/**
 * The design as React Flow wants it, and the way back.
 *
 * Positions during a drag and measured sizes live here; all else comes from the session. Cards that did not change keep
 * their object, and those that only move keep their data, so that React draws only what changed.
 */
export function useFlowElements(
  session: Session,
  snapshot: Snapshot,
  knowledge: Knowledge,
  portsOf: PortsOf,
  hueOf: (layer: string) => number,
  snapping: boolean,
) {
  const { history, selection } = snapshot.state;
  const graph = history.present;
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(new Map());
  const drawn = useRef(new Map<string, Drawn>());
  const drawnWires = useRef<ReadonlyMap<string, WireEdge>>(new Map());
  const measuredSizes = useRef(sizes);
  measuredSizes.current = sizes;
  const { guides, align, moved: inLine, endGuides } = useGuides(session, measuredSizes, snapping);
  useGlide(snapshot.glide, graph, setDragged);

  const nodes = useMemo(() => {
    const chosen = new Set(selection.nodes);
    const next = new Map<string, Drawn>();
    const draw = (id: string, inputs: readonly unknown[], make: (old: DrawnNode | undefined) => DrawnNode) => {
      const old = drawn.current.get(id);
      const same = old?.inputs.every((value, index) => value === inputs[index]);
      next.set(id, same && old ? old : { inputs, node: make(old?.node) });
    };
    for (const sticky of stickiesOf(graph)) {
      const place = dragged.get(sticky.id);
      const size = sizes.get(sticky.id);
      const picked = chosen.has(sticky.id);
      draw(sticky.id, [sticky, place, size, picked], (): StickyNode => ({
        id: sticky.id,
        type: "sticky",
        position: place ?? { x: sticky.x, y: sticky.y },
        data: { sticky },
        selected: picked,
        // Until it is measured it would be hidden, and a hidden field cannot be written in.
        measured: size ?? { width: sticky.width, height: sticky.height },
        // Words lie under layers and wires.
        zIndex: -1,
        ariaLabel: `Sticky note: ${sticky.text || "empty"}`,
      }));
    }
    const frames = framesByNode(graph);
    for (const node of graph.nodes) {
      const notes = knowledge.notes[node.id];
      const entry = knowledge.entries.get(node.layer);
      const place = dragged.get(node.id);
      const size = sizes.get(node.id);
      const picked = chosen.has(node.id);
      const known = entry !== undefined || (notes?.inputs !== undefined && notes.output_ports !== undefined);
      const facts = [node, notes, entry, hueOf, known ? null : graph.edges];
      draw(node.id, [...facts, place, size, picked, frames.get(node.id)], (old): CardNode => ({
        id: node.id,
        type: "layer",
        position: place ?? { x: node.x, y: node.y },
        data: settled(old, facts) ?? { node, notes, entry, ports: portsOf(node), hue: hueOf(node.layer), facts },
        selected: picked,
        measured: size,
        ariaLabel: labelOf(entry?.label ?? node.layer, node.name, notes?.findings?.length ?? 0, node.bypassed, frames.get(node.id)),
      }));
    }
    drawn.current = next;
    return [...next.values()].map((item) => item.node);
  }, [graph, selection.nodes, knowledge, dragged, sizes, portsOf, hueOf]);

  const edges = useMemo(() => {
    const next = wires(snapshot, portsOf, drawnWires.current);
    drawnWires.current = new Map(next.map((wire) => [wire.id, wire]));
    return next;
  }, [graph, selection, knowledge, portsOf]);

  const onNodesChange = useCallback(
    (changes: NodeChange<DrawnNode>[]) => {
      const measured = changes.flatMap((change) =>
        change.type === "dimensions" && change.dimensions ? [[change.id, change.dimensions] as const] : [],
      );
      const moved = changes.flatMap((change) =>
        change.type === "position" && change.dragging && change.position ? [[change.id, change.position] as const] : [],
      );
      if (measured.length > 0) setSizes((old) => new Map([...old, ...measured]));
      if (moved.length > 0) setDragged((old) => new Map([...old, ...align(moved)]));
      selectBy(session, changes, "nodes");
    },
    [session, align],
  );

  const onEdgesChange = useCallback((changes: EdgeChange<WireEdge>[]) => selectBy(session, changes, "edges"), [session]);

  const endDrag = useCallback(() => {
    setDragged(new Map());
    endGuides();
  }, [endGuides]);

  return { nodes, edges, guides, inLine, onNodesChange, onEdgesChange, endDrag };
}

/** The old data of a card of which nothing new is known. */
function settled(old: DrawnNode | undefined, facts: readonly unknown[]) {
  if (old?.type !== "layer") return null;
  return old.data.facts.every((fact, index) => fact === facts[index]) ? old.data : null;
}

/** Titles of the frames that a card lies in, said of it to those who cannot see them. */
function framesByNode(graph: GraphDoc): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const { title, nodes } of groupsOf(graph)) {
    for (const id of nodes) titles.set(id, titles.has(id) ? `${titles.get(id)}, ${title}` : title);
  }
  return titles;
}

function labelOf(label: string, name: string, findings: number, bypassed?: boolean, frames?: string): string {
  const problems = findings === 0 ? "" : `, ${findings} problem${findings === 1 ? "" : "s"}`;
  return `${label} ${name}${bypassed ? ", bypassed" : ""}${frames ? `, in ${frames}` : ""}${problems}`;
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
