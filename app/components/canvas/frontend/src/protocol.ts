/** The messages between Python and the browser. The README beside the Python package documents them. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Values = Record<string, Json>;

export interface NodeDoc {
  id: string;
  layer: string;
  name: string;
  params: Values;
  settings: Values;
  x: number;
  y: number;
  note: string;
}

export interface EdgeDoc {
  id: string;
  source: string;
  source_port: string;
  target: string;
  target_port: string;
  /** Place of the wire among those of a variadic port, from 0. */
  slot: number;
}

export interface GraphDoc {
  nodes: readonly NodeDoc[];
  edges: readonly EdgeDoc[];
  /** What Python changed beside the drawing, such as the loss, oldest first: undo takes it back, and Python obeys. */
  beside?: readonly Json[];
}

export type Epoch = number | string;

/** What the browser sends at each commit. */
export interface CommittedDoc extends GraphDoc {
  rev: number;
  epoch: Epoch;
  ack: number;
  selected: readonly string[];
}

export interface PortSpec {
  name: string;
  optional?: boolean;
  variadic?: boolean;
  help?: string;
}

export interface Finding {
  code: string;
  severity: "error" | "warning";
  message: string;
  hint?: string | null;
  port?: string | null;
}

/** What Python knows about one node. Every part may be missing while nothing is known. */
export interface NodeNotes {
  outputs?: Record<string, string>;
  inputs?: readonly PortSpec[];
  output_ports?: readonly string[];
  parameters?: number | null;
  summary?: string;
  /** Name of the layer whose mistake keeps this one's shape unknown. */
  waits_for?: string;
  findings?: readonly Finding[];
}

export interface PaletteEntry {
  layer: string;
  label: string;
  group: string;
  summary?: string;
  inputs: readonly PortSpec[];
  outputs: readonly string[];
  params?: Values;
}

export type EdgeEnds = Pick<EdgeDoc, "source" | "source_port" | "target" | "target_port">;

export type Edit =
  | { op: "add_node"; node: Partial<NodeDoc> & { layer: string }; edges?: readonly Partial<EdgeDoc>[]; select?: boolean }
  | {
      op: "set_node";
      node: string;
      name?: string;
      note?: string;
      params?: Values;
      settings?: Values;
      unset?: readonly string[];
      x?: number;
      y?: number;
    }
  | { op: "remove"; nodes?: readonly string[]; edges?: readonly string[] }
  | ({ op: "connect"; slot?: number } & EdgeEnds)
  | { op: "reorder"; target: string; port: string; edges: readonly string[] }
  | { op: "replace"; doc: GraphDoc }
  | { op: "beside"; change: Json }
  | { op: "batch"; edits: readonly Edit[] };

export type Command = { id: number } & (
  | Edit
  | { op: "select"; nodes: readonly string[] }
  | { op: "focus"; nodes: readonly string[] }
);

export type Theme = "light" | "dark";

/** What Python sends at each run. */
export interface CanvasData {
  key: string;
  doc: GraphDoc & { selected?: readonly string[] };
  epoch: Epoch;
  /** The newest revision Python has seen; lower than ours after a page switch. */
  rev: number;
  ack: number;
  notes: Record<string, NodeNotes>;
  palette: readonly PaletteEntry[];
  commands: readonly Command[];
  theme: Theme;
  /** Pixels, or any CSS length such as "calc(100dvh - 4rem)". */
  height: number | string;
}
