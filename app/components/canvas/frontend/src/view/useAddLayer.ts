import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback } from "react";
import { type LooseEnd, fitOn } from "../graph/connect";
import { addParts, completeNode, connect } from "../graph/edits";
import { insertInto } from "../graph/insert";
import { snakeCase } from "../graph/names";
import { CARD, type Point, freePlace } from "../graph/placement";
import type { PortsOf } from "../graph/ports";
import type { PaletteEntry } from "../protocol";
import type { Session } from "../session";
import { noteUse } from "./useUsage";

/** Adds a layer where asked, or in the middle of what is seen; wired at once when a wire was left hanging. */
export function useAddLayer(
  session: Session,
  entries: ReadonlyMap<string, PaletteEntry>,
  portsOf: PortsOf,
  pane: RefObject<HTMLElement | null>,
  announce: (text: string) => void,
) {
  const flow = useReactFlow();

  return useCallback(
    (layer: string, at?: Point, wire?: LooseEnd, into?: string) => {
      const entry = entries.get(layer);
      const graph = session.graph;
      const box = pane.current?.getBoundingClientRect();
      const middle = box && flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
      const around = at ?? middle ?? { x: 0, y: 0 };
      // A hanging wire ends at the side of the card; without one the card's middle is meant.
      const across = wire ? (wire.side === "out" ? 0 : CARD.width) : CARD.width / 2;
      const place = freePlace(graph, { x: around.x - across, y: around.y - CARD.height / 2 });
      const node = completeNode(graph, {
        layer,
        name: snakeCase(entry?.label ?? layer),
        params: { ...entry?.params },
        ...place,
      });
      let next = addParts(graph, [node], []);
      const fit = wire && fitOn(next, wire, node, portsOf);
      if (fit && "ends" in fit) next = connect(next, fit.ends);
      const inserted = into === undefined ? null : insertInto(next, into, node, portsOf);
      if (inserted) next = inserted;
      noteUse(layer);
      session.dispatch({ type: "edit", graph: next, now: Date.now(), select: { nodes: [node.id], edges: [] } });
      announce(`Added ${node.name}${inserted || (fit && "ends" in fit) ? ", wired" : ""}`);
    },
    [session, entries, portsOf, flow, pane, announce],
  );
}
