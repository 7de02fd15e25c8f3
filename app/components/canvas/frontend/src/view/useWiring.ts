import type { Connection, FinalConnectionState, IsValidConnection, OnConnectStartParams } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import { type LooseEnd, endsBetween, fitOn, fittingPorts, refusal } from "../graph/connect";
import { connect, reconnect } from "../graph/edits";
import { type PortsOf, regardless } from "../graph/ports";
import type { EdgeEnds } from "../protocol";
import type { Editor, Fits } from "./editor";
import { type EndHandle, clientPoint, elementAt, handleOf, looseOf } from "./gestures";
import type { WireEdge } from "./types";
import { useAlt } from "./useAlt";

/** Drawing wires: which ports fit, what is refused and why, what happens at the end of the gesture. */
export function useWiring({ session, portsOf: strict, toast, announce, openQuickAdd }: Editor) {
  const forced = useAlt();
  /** With Alt held what does not fit may be wired, to be mended afterwards. */
  const portsOf = useCallback<PortsOf>((node) => (forced.current ? regardless(strict) : strict)(node), [strict, forced]);
  const [fits, setFits] = useState<Fits | null>(null);
  /** The wire whose end is being moved. */
  const moving = useRef<string | null>(null);
  /** The port that was clicked to begin a wire without dragging. */
  const clicked = useRef<LooseEnd | null>(null);

  /** Why a wire from a loose end cannot end at a port; null when it can. */
  const reasonAt = useCallback(
    (loose: LooseEnd, end: EndHandle): string | null => {
      const target = looseOf(end);
      if (target.node === loose.node && target.port === loose.port && target.side === loose.side) return null;
      if (target.side === loose.side) {
        return `A wire goes from an output to an input; these are both ${loose.side === "out" ? "outputs" : "inputs"}.`;
      }
      return refusal(session.graph, endsBetween(loose, target.node, target.port), portsOf, moving.current);
    },
    [session, portsOf],
  );

  const handlers = useMemo(() => {
    const nameOf = (id: string) => session.graph.nodes.find((node) => node.id === id)?.name ?? id;

    const begin = (params: OnConnectStartParams): LooseEnd | null => {
      const { nodeId, handleId, handleType } = params;
      if (nodeId === null || handleId === null || handleType === null) return null;
      const loose = looseOf({ nodeId, id: handleId, type: handleType });
      const ports = fittingPorts(session.graph, loose, portsOf, moving.current);
      setFits({ side: loose.side === "out" ? "in" : "out", ports });
      return loose;
    };

    const wire = (ends: EdgeEnds) => {
      session.dispatch({ type: "edit", graph: connect(session.graph, ends), now: Date.now() });
      announce(`Wired ${nameOf(ends.source)} to ${nameOf(ends.target)}`);
    };

    /** The wire was let go away from any port. */
    const dropLoose = (event: MouseEvent | TouchEvent, loose: LooseEnd) => {
      const at = clientPoint(event);
      const under = elementAt(event, at);
      const card = under?.closest<HTMLElement>("[data-node-id]");
      const node = session.graph.nodes.find((candidate) => candidate.id === card?.dataset["nodeId"]);
      if (!node && under?.closest(".react-flow__pane")) openQuickAdd(at, loose);
      if (!node || node.id === loose.node) return;
      const fit = fitOn(session.graph, loose, node, portsOf);
      if ("ends" in fit) wire(fit.ends);
      else toast(fit.reason, at);
    };

    const refuse = (event: MouseEvent | TouchEvent, loose: LooseEnd, end: EndHandle) => {
      const reason = reasonAt(loose, end);
      if (reason) toast(reason, clientPoint(event));
    };

    const isValidConnection: IsValidConnection<WireEdge> = (connection) =>
      refusal(session.graph, endsOf(connection), portsOf, moving.current) === null;

    return {
      isValidConnection,
      onConnectStart: (_: unknown, params: OnConnectStartParams) => void begin(params),
      onConnect: (connection: Connection) => {
        clicked.current = null;
        wire(endsOf(connection));
      },
      onConnectEnd: (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
        setFits(null);
        if (moving.current !== null || end.isValid || !end.fromHandle) return;
        const loose = looseOf(end.fromHandle);
        if (end.toHandle) refuse(event, loose, end.toHandle);
        else dropLoose(event, loose);
      },
      // A click on one port and on another wires them, for those who cannot drag.
      onClickConnectStart: (_: unknown, params: OnConnectStartParams) => {
        clicked.current = begin(params);
      },
      onClickConnectEnd: (event: MouseEvent | TouchEvent) => {
        const handle = handleOf(event);
        if (clicked.current && handle) refuse(event, clicked.current, handle);
        clicked.current = null;
        setFits(null);
      },
      onReconnectStart: (_: unknown, edge: WireEdge) => {
        moving.current = edge.id;
      },
      onReconnect: (edge: WireEdge, connection: Connection) => {
        session.dispatch({ type: "edit", graph: reconnect(session.graph, edge.id, endsOf(connection)), now: Date.now() });
        announce("Wire moved");
      },
      onReconnectEnd: (event: MouseEvent | TouchEvent, _: WireEdge, _type: unknown, end: FinalConnectionState) => {
        setFits(null);
        if (!end.isValid && end.fromHandle && end.toHandle) refuse(event, looseOf(end.fromHandle), end.toHandle);
        moving.current = null;
      },
    };
  }, [session, portsOf, toast, announce, openQuickAdd, reasonAt]);

  return { fits, reasonAt, handlers };
}

function endsOf(connection: Connection | WireEdge): EdgeEnds {
  return {
    source: connection.source,
    source_port: connection.sourceHandle ?? "",
    target: connection.target,
    target_port: connection.targetHandle ?? "",
  };
}
