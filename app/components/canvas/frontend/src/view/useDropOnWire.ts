import { useMemo, useRef } from "react";
import { insertInto, isLoose } from "../graph/insert";
import { addParts, completeNode } from "../graph/edits";
import type { NodeDoc } from "../protocol";
import type { Editor } from "./editor";
import { clientPoint, elementsAt } from "./gestures";
import type { ClientPoint } from "./types";

const MARK = "data-drop";

/** Dropping a layer on a wire puts it in: which wire lies under the pointer, shown while it is dragged. */
export function useDropOnWire({ session, portsOf }: Editor) {
  const marked = useRef<Element | null>(null);

  return useMemo(() => {
    const mark = (element: Element | null) => {
      if (marked.current === element) return;
      // The mark is on React Flow's own element, which it does not draw anew while something is dragged.
      marked.current?.removeAttribute(MARK);
      element?.setAttribute(MARK, "");
      marked.current = element;
    };

    /** The wire under the pointer that takes the layer; it is marked. */
    const over = (event: Event, at: ClientPoint, node: NodeDoc): string | null => {
      const edge = elementsAt(event, at).map((element) => element.closest(".react-flow__edge")).find(Boolean) ?? null;
      const id = edge?.getAttribute("data-id") ?? null;
      const there = session.graph.nodes.some((other) => other.id === node.id);
      const graph = there ? session.graph : addParts(session.graph, [node], []);
      const fits = id !== null && insertInto(graph, id, node, portsOf) !== null;
      mark(fits ? edge : null);
      return fits ? id : null;
    };

    const overNode = (event: MouseEvent | TouchEvent, dragged: readonly { id: string }[]): string | null => {
      const [only] = dragged;
      const node = session.graph.nodes.find((candidate) => candidate.id === only?.id);
      if (!node || dragged.length > 1 || !isLoose(session.graph.edges, node.id)) return null;
      return over(event, clientPoint(event), node);
    };

    return {
      overNode,
      /** A layer of the palette, at the pointer. */
      overLayer: (event: Event, at: ClientPoint, layer: string) => over(event, at, completeNode(session.graph, { layer })),
      /** Any layer: while it is dragged the browser does not say which it is. */
      overAny: (event: Event, at: ClientPoint) => {
        const edge = elementsAt(event, at).map((element) => element.closest(".react-flow__edge")).find(Boolean) ?? null;
        mark(edge);
      },
      leave: () => mark(null),
    };
  }, [session, portsOf]);
}
