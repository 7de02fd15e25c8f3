import type { LooseEnd } from "../graph/connect";
import type { ClientPoint } from "./types";

/** A port as React Flow names it. */
export interface EndHandle {
  nodeId: string;
  id?: string | null;
  type: "source" | "target";
}

export function looseOf({ nodeId, id, type }: EndHandle): LooseEnd {
  return { node: nodeId, port: id ?? "", side: type === "source" ? "out" : "in" };
}

export function clientPoint(event: MouseEvent | TouchEvent): ClientPoint {
  const source = "changedTouches" in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
  return { x: source.clientX, y: source.clientY };
}

/** What lies under a point, inside of the shadow root that the document itself does not look into. */
export function elementAt(event: Event, at: ClientPoint): Element | null {
  return rootOf(event).elementFromPoint(at.x, at.y);
}

/** Everything under a point, the uppermost first. */
export function elementsAt(event: Event, at: ClientPoint): Element[] {
  return rootOf(event).elementsFromPoint(at.x, at.y);
}

/** The port an event happened on. */
export function handleOf(event: MouseEvent | TouchEvent): EndHandle | null {
  const port = elementAt(event, clientPoint(event))?.closest<HTMLElement>("[data-port]");
  const card = port?.closest<HTMLElement>("[data-node-id]");
  const { port: id, side } = port?.dataset ?? {};
  const nodeId = card?.dataset["nodeId"];
  return id === undefined || nodeId === undefined ? null : { nodeId, id, type: side === "out" ? "source" : "target" };
}

function rootOf(event: Event): Document | ShadowRoot {
  // React wraps its events; the browser's own is inside.
  const original = "nativeEvent" in event ? (event.nativeEvent as Event) : event;
  const inner = original.composedPath()[0] ?? original.target;
  const root = inner instanceof Node ? inner.getRootNode() : document;
  return root instanceof ShadowRoot ? root : document;
}
