import type { EdgeDoc, GraphDoc, Kind, NodeDoc, NodeNotes, PaletteEntry, PortSpec } from "../protocol";

export interface Ports {
  inputs: readonly PortSpec[];
  outputs: readonly string[];
  /** What comes out, by output port, as far as that is known. */
  kinds?: Readonly<Record<string, Kind>>;
  shapes?: Readonly<Record<string, string>>;
}

export type PortsOf = (node: NodeDoc) => Ports;

export interface Knowledge {
  notes: Readonly<Record<string, NodeNotes>>;
  entries: ReadonlyMap<string, PaletteEntry>;
}

/** Ports of a node: what Python found for this very node, else what its layer has by default. */
export function portsOf(node: NodeDoc, { notes, entries }: Knowledge, edges: readonly EdgeDoc[] = []): Ports {
  const note = notes[node.id];
  const entry = entries.get(node.layer);
  const inputs = note?.inputs ?? entry?.inputs;
  const outputs = note?.output_ports ?? entry?.outputs;
  return {
    inputs: inputs ?? wiredPorts(edges, node.id, "target").map((name) => ({ name })),
    outputs: outputs ?? wiredPorts(edges, node.id, "source"),
    kinds: note?.kinds,
    shapes: note?.outputs,
  };
}

/** The same ports for somebody who wants to wire what does not fit. */
export function regardless(portsOf: PortsOf): PortsOf {
  return (node) => ({ ...portsOf(node), kinds: undefined });
}

/** An unknown layer still shows the ports its wires go to, so that no wire hangs in the air. */
function wiredPorts(edges: readonly EdgeDoc[], id: string, side: "source" | "target"): string[] {
  const names = edges.filter((edge) => edge[side] === id).map((edge) => edge[`${side}_port`]);
  return [...new Set(names)];
}

/** The wires into one port, in the order of their slots. */
export function wiresInto(graph: GraphDoc, target: string, port: string): EdgeDoc[] {
  return graph.edges
    .filter((edge) => edge.target === target && edge.target_port === port)
    .sort((a, b) => a.slot - b.slot);
}
