import type { ReactFlowInstance } from "@xyflow/react";
import type { RefObject } from "react";
import { standingAlone } from "../graph/blocks";
import { copyOf, freshCopy, incomingOf, shiftTo } from "../graph/clipboard";
import { refusal } from "../graph/connect";
import { addParts, connect, takenNames } from "../graph/edits";
import { stickiesOf, withStickies } from "../graph/stickies";
import type { EdgeDoc, GraphDoc } from "../protocol";
import { type Editor } from "./editor";
import { counted } from "./words";

interface Clip {
  part: GraphDoc;
  /** Wires from layers that were not copied. */
  incoming: readonly EdgeDoc[];
}

/** What was last copied; shared by all canvases of the tab, so that parts can be carried from one design to another. */
let clip: Clip | null = null;
let pastes = 0;
const BESIDE = 32;

/** Copying within a design and between designs. */
export function clipboardActions(
  { session, announce, portsOf }: Editor,
  flow: ReactFlowInstance,
  pane: RefObject<HTMLElement | null>,
) {
  const chosen = () => session.read().state.selection.nodes;
  const sizeOf = (part: GraphDoc) => part.nodes.length + stickiesOf(part).length;

  const insert = (clip: Clip, shift: { x: number; y: number }, said: string) => {
    const { incoming } = clip;
    const part = standingAlone(clip.part, session.graph);
    const fresh = freshCopy({ ...part, edges: [...part.edges, ...incoming] }, takenNames(session.graph), shift);
    const own = new Set(fresh.nodes.map((node) => node.id));
    const inner = fresh.edges.filter((edge) => own.has(edge.source));
    const grown = addParts(session.graph, fresh.nodes, inner);
    const noted = withStickies(grown, [...stickiesOf(grown), ...stickiesOf(fresh)]);
    // A wire from outside is drawn where its beginning is there and takes one more.
    const outer = fresh.edges.filter((edge) => !own.has(edge.source));
    const graph = outer.reduce((next, edge) => (refusal(next, edge, portsOf) === null ? connect(next, edge) : next), noted);
    session.dispatch({
      type: "edit",
      graph,
      now: Date.now(),
      // The copies are chosen, and no wire is: the next Delete must take only what was pasted.
      select: { nodes: [...fresh.nodes, ...stickiesOf(fresh)].map((item) => item.id), edges: [] },
    });
    const wires = graph.edges.length - noted.edges.length;
    announce(`${said} ${counted(sizeOf(fresh), "layer")}${wires > 0 ? ` with ${counted(wires, "incoming wire")}` : ""}`);
  };

  const copy = () => {
    const part = copyOf(session.graph, chosen());
    if (sizeOf(part) === 0) return;
    clip = { part, incoming: incomingOf(session.graph, chosen()) };
    pastes = 0;
    announce(`Copied ${counted(sizeOf(part), "layer")}`);
  };

  const paste = (wired: boolean) => {
    if (!clip) return;
    pastes += 1;
    const box = pane.current?.getBoundingClientRect();
    const there = new Set([...session.graph.nodes, ...stickiesOf(session.graph)].map((item) => item.id));
    const sameDesign = [...clip.part.nodes, ...stickiesOf(clip.part)].some((item) => there.has(item.id));
    const middle = box && flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
    const away = BESIDE * (sameDesign || !middle ? pastes : pastes - 1);
    const start = sameDesign || !middle ? { x: 0, y: 0 } : shiftTo(clip.part, middle);
    const shift = { x: start.x + away, y: start.y + away };
    insert(wired ? clip : { ...clip, incoming: [] }, shift, "Pasted");
  };

  return {
    copy,
    paste: () => paste(false),
    pasteWired: () => paste(true),
    duplicate: () => {
      const part = copyOf(session.graph, chosen());
      if (sizeOf(part) > 0) insert({ part, incoming: [] }, { x: BESIDE, y: BESIDE }, "Duplicated");
    },
  };
}
