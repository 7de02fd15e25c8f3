import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback } from "react";
import { freshCopy, shiftTo } from "../graph/clipboard";
import { addParts, takenNames } from "../graph/edits";
import { type Point, freeShift } from "../graph/placement";
import { stickiesOf, withStickies } from "../graph/stickies";
import type { Session } from "../session";
import { blocksNow } from "./useBlocks";
import { counted } from "./words";

/** Adds the layers of a block with the wires among them: where asked, or in the middle of what is seen, below what lies there. One step of undo. */
export function useAddBlock(session: Session, pane: RefObject<HTMLElement | null>, announce: (text: string) => void) {
  const flow = useReactFlow();

  return useCallback(
    (name: string, at?: Point) => {
      const part = blocksNow().find((block) => block.name === name)?.part;
      if (!part) return;
      const box = pane.current?.getBoundingClientRect();
      const middle = box && flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
      const { graph } = session;
      const shift = freeShift(graph, part, shiftTo(part, at ?? middle ?? { x: 0, y: 0 }));
      const fresh = freshCopy(part, takenNames(graph), shift);
      const grown = addParts(graph, fresh.nodes, fresh.edges);
      session.dispatch({
        type: "edit",
        graph: withStickies(grown, [...stickiesOf(grown), ...stickiesOf(fresh)]),
        now: Date.now(),
        select: { nodes: [...fresh.nodes, ...stickiesOf(fresh)].map((item) => item.id), edges: [] },
      });
      announce(`Added ${name}: ${counted(fresh.nodes.length, "layer")}`);
    },
    [session, flow, pane, announce],
  );
}
