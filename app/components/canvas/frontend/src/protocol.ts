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
  /** The node whose layer this one calls once more; left out where it has a layer of its own. */
  shares?: string | null;
  /** The model is made as if the layer were not there; left out where it is. */
  bypassed?: boolean;
}

/** Words on the canvas that belong to no layer. */
export interface StickyDoc {
  id: string;
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Layers that belong together, such as those of a nested model. The canvas draws them and changes none but by deleting. */
export interface GroupDoc {
  id: string;
  title: string;
  nodes: readonly string[];
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
  /** Left out where there are none. */
  sticky_notes?: readonly StickyDoc[];
  groups?: readonly GroupDoc[];
}

export type Epoch = number | string;

/** What the browser sends at each commit. */
export interface CommittedDoc extends GraphDoc {
  rev: number;
  epoch: Epoch;
  ack: number;
  selected: readonly string[];
  /** The node whose fixes somebody wants to see; null when nobody does. */
  asks: string | null;
  /** The stored revision that Python last told of: what this document began from. */
  base: number;
}

/** What flows through a port, as far as one needs to know it to wire: it has a colour. */
export type Kind = "features" | "sequence" | "image" | "volume" | "ids" | "text" | "other";

export interface PortSpec {
  name: string;
  /** The kinds it takes, where that is known; anything where it is not. */
  accepts?: readonly Kind[];
  /** The one kind it is made for: its colour. */
  kind?: Kind;
  optional?: boolean;
  variadic?: boolean;
}

/** A way to mend a finding: what it is called, what it will do in words, and the commands that do it. */
export interface Fix {
  title: string;
  changes: readonly string[];
  edits: readonly Edit[];
  /** Whether it changes more than the canvas shows: Python carries it out then. */
  beyond?: boolean;
}

export interface Finding {
  code: string;
  severity: "error" | "warning";
  message: string;
  hint?: string | null;
  port?: string | null;
  /** Looked for when somebody asks for those of a node; missing before. */
  fixes?: readonly Fix[];
}

/** What Python knows about one node. Every part may be missing while nothing is known. */
export interface NodeNotes {
  outputs?: Record<string, string>;
  /** Kinds by output port, where known. */
  kinds?: Record<string, Kind>;
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
      bypassed?: boolean;
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
  doc: GraphDoc;
  /** Names the design over all its openings: undo is found again under it after a reload. */
  design?: string;
  epoch: Epoch;
  /** Key of the Streamlit container with the form of what is selected. */
  form?: string;
  /** The revision of the design that is stored. */
  base?: number;
  /** The newest commit Python has seen; lower than ours after a page switch. */
  rev: number;
  ack: number;
  notes: Record<string, NodeNotes>;
  palette: readonly PaletteEntry[];
  commands: readonly Command[];
  theme: Theme;
  /** Pixels, or any CSS length such as "calc(100dvh - 4rem)". */
  height: number | string;
}
