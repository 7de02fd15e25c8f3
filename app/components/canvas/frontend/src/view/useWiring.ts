import type { Connection, FinalConnectionState, IsValidConnection, OnConnectStartParams } from "@xyflow/react";
import { useCallback, useRef, useState } from "react";
import { type LooseEnd, fitOn, fittingPorts, refusal } from "../graph/connect";
import { connect, reconnect } from "../graph/edits";
import type { EdgeEnds } from "../protocol";
import type { Editor, Fits } from "./editor";
import type { ClientPoint, WireEdge } from "./types";

/** Drawing wires: which ports fit, what is refused and why, what happens at the end of the gesture. */
export function useWiring({ session, portsOf, toast, announce, openQuickAdd }: Editor) {
  const [fits, setFits] = useState<Fits | null>(null);
  /** The wire whose end is being moved. */
  const moving = useRef<string | null>(null);

  const begin = useCallback(
    (loose: LooseEnd) => {
      setFits({
        side: loose.side === "out" ? "in" : "out",
        ports: fittingPorts(session.graph, loose, portsOf, moving.current),
      });
    },
    [session, portsOf],
  );

  const onConnectStart = useCallback(
    (_: unknown, params: OnConnectStartParams) => {
      const loose = looseOf(params);
      if (loose) begin(loose);
    },
    [begin],
  );

  const isValidConnection = useCallback<IsValidConnection<WireEdge>>(
    (connection) => refusal(session.graph, endsOf(connection), portsOf, moving.current) === null,
    [session, portsOf],
  );

  const wire = useCallback(
    (ends: EdgeEnds) => {
      session.dispatch({ type: "edit", graph: connect(session.graph, ends), now: Date.now() });
      announce(`Wired ${nameOf(ends.source)} to ${nameOf(ends.target)}`);

      function nameOf(id: string) {
        return session.graph.nodes.find((node) => node.id === id)?.name ?? id;
      }
    },
    [session, announce],
  );

  const onConnect = useCallback((connection: Connection) => wire(endsOf(connection)), [wire]);

  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
      setFits(null);
      if (moving.current !== null || end.isValid || !end.fromHandle) return;
      const at = clientPoint(event);
      const loose = looseOf({
        nodeId: end.fromHandle.nodeId,
        handleId: end.fromHandle.id ?? null,
        handleType: end.fromHandle.type,
      });
      if (!loose) return;
      if (end.toHandle) {
        const reason = sameSide(end)
          ? `A wire goes from an output to an input; these are both ${loose.side === "out" ? "outputs" : "inputs"}.`
          : refusal(session.graph, endsAt(loose, end.toHandle.nodeId, end.toHandle.id ?? ""), portsOf);
        if (reason && end.toHandle.nodeId !== loose.node) toast(reason, at);
        else if (reason && !sameSide(end)) toast(reason, at);
        return;
      }
      const card = elementAt(event, at)?.closest<HTMLElement>("[data-node-id]");
      const node = session.graph.nodes.find((candidate) => candidate.id === card?.dataset["nodeId"]);
      if (!node) {
        if (elementAt(event, at)?.closest(".react-flow__pane")) openQuickAdd(at, loose);
        return;
      }
      if (node.id === loose.node) return;
      const fit = fitOn(session.graph, loose, node, portsOf);
      if ("ends" in fit) wire(fit.ends);
      else toast(fit.reason, at);
    },
    [session, portsOf, toast, openQuickAdd, wire],
  );

  const onReconnectStart = useCallback((_: unknown, edge: WireEdge) => {
    moving.current = edge.id;
  }, []);

  const onReconnect = useCallback(
    (edge: WireEdge, connection: Connection) => {
      session.dispatch({
        type: "edit",
        graph: reconnect(session.graph, edge.id, endsOf(connection)),
        now: Date.now(),
      });
      announce("Wire moved");
    },
    [session, announce],
  );

  const onReconnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, edge: WireEdge, _type: unknown, end: FinalConnectionState) => {
      setFits(null);
      if (!end.isValid && end.fromHandle && end.toHandle) {
        const loose = looseOf({
          nodeId: end.fromHandle.nodeId,
          handleId: end.fromHandle.id ?? null,
          handleType: end.fromHandle.type,
        });
        const reason = loose && refusal(session.graph, endsAt(loose, end.toHandle.nodeId, end.toHandle.id ?? ""), portsOf, edge.id);
        if (reason) toast(reason, clientPoint(event));
      }
      moving.current = null;
    },
    [session, portsOf, toast],
  );

  /** Why the wire being drawn cannot end at a port; null when it can. */
  const reasonAt = useCallback(
    (loose: LooseEnd, node: string, port: string) =>
      refusal(session.graph, endsAt(loose, node, port), portsOf, moving.current),
    [session, portsOf],
  );

  return {
    fits, reasonAt,
    handlers: { onConnectStart, onConnect, onConnectEnd, onReconnectStart, onReconnect, onReconnectEnd, isValidConnection },
  };
}

function endsOf(connection: Connection | WireEdge): EdgeEnds {
  return {
    source: connection.source,
    source_port: connection.sourceHandle ?? "",
    target: connection.target,
    target_port: connection.targetHandle ?? "",
  };
}

function endsAt(loose: LooseEnd, node: string, port: string): EdgeEnds {
  return loose.side === "out"
    ? { source: loose.node, source_port: loose.port, target: node, target_port: port }
    : { source: node, source_port: port, target: loose.node, target_port: loose.port };
}

function looseOf({ nodeId, handleId, handleType }: OnConnectStartParams): LooseEnd | null {
  if (nodeId === null || handleId === null || handleType === null) return null;
  return { node: nodeId, port: handleId, side: handleType === "source" ? "out" : "in" };
}

function sameSide(end: FinalConnectionState): boolean {
  return end.fromHandle !== null && end.toHandle !== null && end.fromHandle.type === end.toHandle.type;
}

function clientPoint(event: MouseEvent | TouchEvent): ClientPoint {
  const source = "changedTouches" in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
  return { x: source.clientX, y: source.clientY };
}

/** What lies under a point, inside of the shadow root that the document itself does not look into. */
function elementAt(event: Event, at: ClientPoint): Element | null {
  const inner = event.composedPath()[0];
  const root = inner instanceof Node ? inner.getRootNode() : document;
  return (root instanceof ShadowRoot ? root : document).elementFromPoint(at.x, at.y);
}
