import type { ReactFlowInstance } from "@xyflow/react";
import { type Alignment, aligned } from "../graph/align";
import { move } from "../graph/edits";
import { tidy } from "../graph/layout";
import type { Point, Size } from "../graph/placement";
import { stickiesOf } from "../graph/stickies";
import type { Editor } from "./editor";
import { FIT, motion } from "./useSight";

const SAID: Record<Alignment, string> = {
  alignLeft: "Left edges aligned",
  alignRight: "Right edges aligned",
  alignTop: "Upper edges aligned",
  alignBottom: "Lower edges aligned",
  alignCenters: "Centers in a column",
  alignMiddles: "Middles in a row",
  spreadAcross: "Spaced evenly across",
  spreadDown: "Spaced evenly down",
};

/** Moving cards to where they look well: each is one step of undo. */
export function arrangingActions({ session, announce }: Editor, flow: ReactFlowInstance) {
  const selection = () => session.read().state.selection;

  const sizes = () => {
    const measured = flow.getNodes().flatMap((node): [string, Size][] => {
      const { width, height } = node.measured ?? {};
      return width && height ? [[node.id, { width, height }]] : [];
    });
    return new Map(measured);
  };

  const settle = (places: ReadonlyMap<string, Point>) => {
    const before = session.graph;
    const graph = move(before, places);
    if (graph === before) return;
    session.dispatch({ type: "edit", graph, now: Date.now() });
    session.glideFrom(new Map([...before.nodes, ...stickiesOf(before)].map(({ id, x, y }) => [id, { x, y }])));
  };

  const align = (how: Alignment) => () => {
    const { nodes } = selection();
    if (nodes.length < 2) return announce("Select at least two layers to align them.");
    settle(aligned(session.graph, nodes, how, sizes()));
    return announce(SAID[how]);
  };

  return {
    tidy: () => {
      settle(tidy(session.graph, sizes()));
      announce("Arranged");
      setTimeout(() => void flow.fitView({ ...FIT, duration: motion() }), motion());
    },
    nudge: (x: number, y: number) => {
      const chosen = new Set(selection().nodes);
      const places = [...session.graph.nodes, ...stickiesOf(session.graph)]
        .filter((item) => chosen.has(item.id))
        .map((item) => [item.id, { x: item.x + x, y: item.y + y }] as const);
      const graph = move(session.graph, new Map(places));
      session.dispatch({ type: "edit", graph, now: Date.now(), tag: `nudge ${[...chosen].join(" ")}` });
    },
    alignLeft: align("alignLeft"),
    alignRight: align("alignRight"),
    alignTop: align("alignTop"),
    alignBottom: align("alignBottom"),
    alignCenters: align("alignCenters"),
    alignMiddles: align("alignMiddles"),
    spreadAcross: align("spreadAcross"),
    spreadDown: align("spreadDown"),
  };
}
