import { useReactFlow } from "@xyflow/react";
import { type RefObject, useMemo } from "react";
import { copyOf, freshCopy, shiftTo } from "../graph/clipboard";
import { addParts, move, removeParts, takenNames } from "../graph/edits";
import { tidy } from "../graph/layout";
import type { Size } from "../graph/placement";
import type { GraphDoc } from "../protocol";
import type { Editor } from "./editor";
import { FIT, motion } from "./useSight";

/** What was last copied; shared by all canvases of the tab, so that parts can be carried from one design to another. */
let clipboard: GraphDoc | null = null;
let pastes = 0;
const BESIDE = 32;

export type Actions = ReturnType<typeof useActions>;

/** What keys and buttons do. */
export function useActions({ session, announce }: Editor, pane: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();

  return useMemo(() => {
    const selection = () => session.read().state.selection;
    const edit = (graph: GraphDoc, tag?: string) => session.dispatch({ type: "edit", graph, now: Date.now(), tag });
    const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;

    const insert = (part: GraphDoc, shift: { x: number; y: number }, said: string) => {
      const fresh = freshCopy(part, takenNames(session.graph), shift);
      session.dispatch({
        type: "edit",
        graph: addParts(session.graph, fresh.nodes, fresh.edges),
        now: Date.now(),
        // The copies are chosen, and no wire is: the next Delete must take only what was pasted.
        select: { nodes: fresh.nodes.map((node) => node.id), edges: [] },
      });
      announce(`${said} ${count(fresh.nodes.length, "layer")}`);
    };

    const remove = () => {
      const { nodes, edges } = selection();
      if (nodes.length + edges.length === 0) return;
      edit(removeParts(session.graph, nodes, edges));
      announce(`Deleted ${nodes.length > 0 ? count(nodes.length, "layer") : count(edges.length, "wire")}`);
    };

    const copy = () => {
      const part = copyOf(session.graph, selection().nodes);
      if (part.nodes.length === 0) return;
      clipboard = part;
      pastes = 0;
      announce(`Copied ${count(part.nodes.length, "layer")}`);
    };

    const sizes = () => {
      const measured = flow.getNodes().flatMap((node): [string, Size][] => {
        const { width, height } = node.measured ?? {};
        return width && height ? [[node.id, { width, height }]] : [];
      });
      return new Map(measured);
    };

    const fit = () => void flow.fitView({ ...FIT, duration: motion() });

    return {
      remove,
      copy,
      cut: () => {
        copy();
        remove();
      },
      paste: () => {
        if (!clipboard) return;
        pastes += 1;
        const box = pane.current?.getBoundingClientRect();
        const sameDesign = clipboard.nodes.some((node) => session.graph.nodes.some((other) => other.id === node.id));
        const middle = box && flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
        const shift = sameDesign || !middle ? { x: BESIDE * pastes, y: BESIDE * pastes } : shiftTo(clipboard, middle);
        insert(clipboard, shift, "Pasted");
      },
      duplicate: () => {
        const part = copyOf(session.graph, selection().nodes);
        if (part.nodes.length > 0) insert(part, { x: BESIDE, y: BESIDE }, "Duplicated");
      },
      selectAll: () => {
        const { nodes, edges } = session.graph;
        const all = { nodes: nodes.map((node) => node.id), edges: edges.map((edge) => edge.id) };
        session.dispatch({ type: "select", selection: all });
        announce(`${count(nodes.length, "layer")} selected`);
      },
      selectNone: () => session.dispatch({ type: "select", selection: { nodes: [], edges: [] } }),
      selectNode: (id: string) => session.dispatch({ type: "select", selection: { nodes: [id], edges: [] } }),
      undo: () => {
        if (session.read().state.history.past.length === 0) return;
        session.dispatch({ type: "undo" });
        announce("Undone");
      },
      redo: () => {
        if (session.read().state.history.future.length === 0) return;
        session.dispatch({ type: "redo" });
        announce("Redone");
      },
      nudge: (x: number, y: number) => {
        const chosen = new Set(selection().nodes);
        const places = session.graph.nodes
          .filter((node) => chosen.has(node.id))
          .map((node) => [node.id, { x: node.x + x, y: node.y + y }] as const);
        edit(move(session.graph, new Map(places)), `nudge ${[...chosen].join(" ")}`);
      },
      tidy: () => {
        edit(move(session.graph, tidy(session.graph, sizes())));
        announce("Arranged");
        requestAnimationFrame(fit);
      },
      fit,
      zoomIn: () => void flow.zoomIn({ duration: motion() }),
      zoomOut: () => void flow.zoomOut({ duration: motion() }),
      zoomFull: () => void flow.zoomTo(1, { duration: motion() }),
    };
  }, [session, announce, flow, pane]);
}
