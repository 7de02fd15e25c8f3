import type { Epoch, GraphDoc } from "../protocol";
import { type History, begin, record, redo, undo } from "./history";
import { stickiesOf } from "./stickies";

export interface Selection {
  /** Layers and sticky notes. */
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

/** Everything about one design that the browser owns. */
export interface EditorState {
  readonly history: History<GraphDoc>;
  readonly selection: Selection;
  readonly epoch: Epoch;
  /** The last command of Python's that was carried out. */
  readonly ack: number;
}

export type Action =
  /** `history` is what the browser remembers of the same design from before a reload. */
  | { type: "load"; graph: GraphDoc; epoch: Epoch; selected: readonly string[]; ack: number; history?: History<GraphDoc> }
  /** A change of the graph: one undo step, unless `tag` joins it to the step before. */
  | { type: "edit"; graph: GraphDoc; now: number; tag?: string; select?: Selection }
  | { type: "select"; selection: Selection }
  | { type: "acknowledge"; id: number }
  | { type: "undo" }
  | { type: "redo" };

const NOTHING: Selection = { nodes: [], edges: [] };

export function emptyState(): EditorState {
  return { history: begin<GraphDoc>({ nodes: [], edges: [] }), selection: NOTHING, epoch: "", ack: 0 };
}

export function reduce(state: EditorState, action: Action): EditorState {
  switch (action.type) {
    case "load":
      return {
        history: action.history ?? begin(action.graph),
        selection: existing({ nodes: action.selected, edges: [] }, action.history?.present ?? action.graph),
        epoch: action.epoch,
        ack: action.ack,
      };
    case "edit": {
      const history = record(state.history, action.graph, action.tag ?? null, action.now);
      return { ...state, history, selection: keep(state.selection, action.select ?? state.selection, history.present) };
    }
    case "select":
      return { ...state, selection: keep(state.selection, action.selection, state.history.present) };
    case "acknowledge":
      return action.id > state.ack ? { ...state, ack: action.id } : state;
    case "undo":
      return stepped(state, undo(state.history));
    case "redo":
      return stepped(state, redo(state.history));
  }
}

function stepped(state: EditorState, history: History<GraphDoc>): EditorState {
  if (history === state.history) return state;
  // Wires that come back must not be selected, or the next Delete would take them away again.
  const selection = keep(state.selection, { nodes: state.selection.nodes, edges: [] }, history.present);
  return { ...state, history, selection };
}

/** The old lists where the new ones say the same, so that nothing is sent for them. */
function keep(old: Selection, wanted: Selection, graph: GraphDoc): Selection {
  const next = existing(wanted, graph);
  const nodes = sameList(old.nodes, next.nodes) ? old.nodes : next.nodes;
  const edges = sameList(old.edges, next.edges) ? old.edges : next.edges;
  return nodes === old.nodes && edges === old.edges ? old : { nodes, edges };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

function existing(selection: Selection, graph: GraphDoc): Selection {
  const nodes = new Set([...graph.nodes, ...stickiesOf(graph)].map((item) => item.id));
  const edges = new Set(graph.edges.map((edge) => edge.id));
  return {
    nodes: selection.nodes.filter((id) => nodes.has(id)),
    edges: selection.edges.filter((id) => edges.has(id)),
  };
}
