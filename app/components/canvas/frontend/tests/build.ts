import type { EdgeDoc, GraphDoc, NodeDoc, PaletteEntry } from "../src/protocol";
import { portsOf } from "../src/graph/ports";

export function node(id: string, layer = "Dense", more: Partial<NodeDoc> = {}): NodeDoc {
  return { id, layer, name: id, params: {}, settings: {}, x: 0, y: 0, note: "", ...more };
}

export function edge(source: string, target: string, more: Partial<EdgeDoc> = {}): EdgeDoc {
  return {
    id: `${source}-${target}`,
    source,
    source_port: "output",
    target,
    target_port: "inputs",
    slot: 0,
    ...more,
  };
}

export function graph(nodes: readonly NodeDoc[], edges: readonly EdgeDoc[] = []): GraphDoc {
  return { nodes, edges };
}

const plain = { group: "Core", inputs: [{ name: "inputs" }], outputs: ["output"] };

export const PALETTE: PaletteEntry[] = [
  { ...plain, layer: "Dense", label: "Dense", params: { units: 64, activation: null } },
  { ...plain, layer: "Input", label: "Input", inputs: [], params: { shape: [4] } },
  { ...plain, layer: "Concatenate", label: "Concatenate", inputs: [{ name: "inputs", variadic: true }], params: { axis: -1 } },
  {
    ...plain,
    layer: "LSTM",
    label: "LSTM",
    inputs: [{ name: "sequences" }, { name: "hidden_state", optional: true }],
    outputs: ["output", "hidden_state"],
  },
];

export const KNOWLEDGE = { notes: {}, entries: new Map(PALETTE.map((entry) => [entry.layer, entry])) };

export const ports = (of: NodeDoc) => portsOf(of, KNOWLEDGE);
