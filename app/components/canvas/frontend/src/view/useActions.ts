import { useReactFlow } from "@xyflow/react";
import { type RefObject, useMemo } from "react";
import { bypass, removeParts } from "../graph/edits";
import { nextOf, troubled } from "../graph/findings";
import { newSticky, stickiesOf, withStickies } from "../graph/stickies";
import type { GraphDoc } from "../protocol";
import { arrangingActions } from "./arrangingActions";
import { clipboardActions } from "./clipboardActions";
import type { Editor } from "./editor";
import { FIT, motion } from "./useSight";
import { counted } from "./words";

export type Actions = ReturnType<typeof useActions>;

/** What keys, buttons and the list of commands do. */
export function useActions(editor: Editor, pane: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  const { session, announce, openFindings, pointInPane, startRename } = editor;

  return useMemo(() => {
    const selection = () => session.read().state.selection;
    const edit = (graph: GraphDoc) => session.dispatch({ type: "edit", graph, now: Date.now() });
    const clipboard = clipboardActions(editor, flow, pane);

    const remove = () => {
      const { nodes, edges } = selection();
      if (nodes.length + edges.length === 0) return;
      edit(removeParts(session.graph, nodes, edges));
      announce(`Deleted ${nodes.length > 0 ? counted(nodes.length, "layer") : counted(edges.length, "wire")}`);
    };

    const selectNode = (id: string) => session.dispatch({ type: "select", selection: { nodes: [id], edges: [] } });

    const toggleNode = (id: string) => {
      const { nodes, edges } = selection();
      const out = nodes.includes(id);
      const next = out ? nodes.filter((other) => other !== id) : [...nodes, id];
      session.dispatch({ type: "select", selection: { nodes: next, edges } });
      announce(`${out ? "Taken out of" : "Added to"} the selection: ${next.length} selected`);
    };

    const visit = (step: 1 | -1) => {
      const { notes } = session.read();
      const next = nextOf(troubled(session.graph, notes), selection().nodes[0], step);
      if (next === undefined) return announce("No problems.");
      selectNode(next);
      session.show([next], true);
      const found = notes[next]?.findings ?? [];
      const name = session.graph.nodes.find((node) => node.id === next)?.name;
      announce(`${name}: ${found.map((finding) => `${finding.severity}: ${finding.message}`).join(" ")}`);
      return setTimeout(() => openFindings(next), motion());
    };

    return {
      ...clipboard,
      ...arrangingActions(editor, flow),
      remove,
      cut: () => {
        clipboard.copy();
        remove();
      },
      bypass: () => {
        const { nodes } = selection();
        const graph = bypass(session.graph, nodes);
        if (graph === session.graph) return announce("Select a layer first, then press Ctrl+B to bypass it.");
        edit(graph);
        const out = graph.nodes.some((node) => node.bypassed && nodes.includes(node.id));
        return announce(`${counted(nodes.length, "layer")} ${out ? "bypassed" : "in use again"}`);
      },
      stickyNote: () => {
        const sticky = newSticky(session.graph, pointInPane());
        session.dispatch({
          type: "edit",
          graph: withStickies(session.graph, [...stickiesOf(session.graph), sticky]),
          now: Date.now(),
          select: { nodes: [sticky.id], edges: [] },
        });
        announce("Added a sticky note");
        startRename(sticky.id);
      },
      nextFinding: () => void visit(1),
      previousFinding: () => void visit(-1),
      findings: () => {
        const [chosen] = selection().nodes;
        if (chosen && session.read().notes[chosen]?.findings?.length) openFindings(chosen);
        else announce("Nothing is wrong with the selected layer.");
      },
      selectAll: () => {
        const { nodes, edges } = session.graph;
        const items = [...nodes, ...stickiesOf(session.graph)].map((item) => item.id);
        session.dispatch({ type: "select", selection: { nodes: items, edges: edges.map((edge) => edge.id) } });
        announce(`${counted(nodes.length, "layer")} selected`);
      },
      selectNone: () => session.dispatch({ type: "select", selection: { nodes: [], edges: [] } }),
      selectNode,
      toggleNode,
      selectWire: (id: string) => {
        session.dispatch({ type: "select", selection: { nodes: [], edges: [id] } });
        announce("Wire selected. Slash puts a layer into it, Delete takes it away.");
      },
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
      fit: () => void flow.fitView({ ...FIT, duration: motion() }),
      fitSelection: () => {
        const nodes = selection().nodes.map((id) => ({ id }));
        if (nodes.length > 0) void flow.fitView({ ...FIT, nodes, duration: motion() });
      },
      zoomIn: () => void flow.zoomIn({ duration: motion() }),
      zoomOut: () => void flow.zoomOut({ duration: motion() }),
      zoomFull: () => void flow.zoomTo(1, { duration: motion() }),
    };
  }, [session, announce, flow, pane, editor, openFindings, pointInPane, startRename]);
}
