import { type ReactFlowInstance, useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { Dialog } from "../dialog";
import type { LooseEnd } from "../graph/connect";
import type { Point } from "../graph/placement";
import type { EdgeDoc } from "../protocol";
import type { Session } from "../session";
import type { ClientPoint } from "./types";

/** Of the lists in the middle, as the style sheet says, in pixels. */
const LIST_WIDTH = { find: 440, commands: 400, block: 288 } as const;

/** Milliseconds without a canvas after which somebody has left the page: what was open then is closed. */
const AWAY_MS = 1500;

/**
 * The lists that open over the canvas: one at a time, focus goes back to the canvas afterwards. The session holds what is
 * open: Streamlit may put new elements in the place of these at any run, and it must not close for that.
 */
export function useDialogs(session: Session, pane: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  const { dialog } = useSyncExternalStore(session.subscribe, session.read);
  const setDialog = useCallback((next: Dialog | null) => session.open(next), [session]);
  const pointer = useRef<ClientPoint | null>(null);

  useEffect(() => {
    if (performance.now() - session.leftAt > AWAY_MS) session.open(null);
    session.leftAt = Infinity;
  }, [session]);

  useEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    const follow = (event: PointerEvent) => {
      pointer.current = { x: event.clientX, y: event.clientY };
    };
    const forget = () => {
      pointer.current = null;
    };
    element.addEventListener("pointermove", follow);
    element.addEventListener("pointerleave", forget);
    return () => {
      element.removeEventListener("pointermove", follow);
      element.removeEventListener("pointerleave", forget);
    };
  }, [pane]);

  /** The pointer, or the middle of the pane when the pointer is elsewhere. */
  const pointerOrMiddle = useCallback((): ClientPoint => {
    if (pointer.current) return pointer.current;
    const box = pane.current?.getBoundingClientRect();
    return box ? { x: box.left + box.width / 2, y: box.top + box.height / 2 } : { x: 0, y: 0 };
  }, [pane]);

  const inPane = useCallback(
    (point: ClientPoint): Point => {
      const box = pane.current?.getBoundingClientRect();
      return { x: point.x - (box?.left ?? 0), y: point.y - (box?.top ?? 0) };
    },
    [pane],
  );

  const pointInPane = useCallback(() => flow.screenToFlowPosition(pointerOrMiddle()), [flow, pointerOrMiddle]);

  const openQuickAdd = useCallback(
    (at?: ClientPoint, wire?: LooseEnd) => {
      const chosen = wire ? undefined : onlyWire(session);
      const between = chosen && middleOf(flow, chosen.source, chosen.target);
      const place = at ?? (between ? flow.flowToScreenPosition(between) : pointerOrMiddle());
      const into = at ? undefined : chosen?.id;
      setDialog({ kind: "add", at: inPane(place), point: flow.screenToFlowPosition(place), wire, into });
    },
    [session, flow, inPane, pointerOrMiddle, setDialog],
  );

  /** The places at the upper right of a card, and beneath its lower left corner. */
  const besideCard = useCallback(
    (node: string): { at: Point; beneath: Point } | null => {
      const card = flow.getInternalNode(node);
      if (!card) return null;
      const { x, y } = card.internals.positionAbsolute;
      const at = inPane(flow.flowToScreenPosition({ x: x + (card.measured.width ?? 0) + 12, y }));
      return { at, beneath: inPane(flow.flowToScreenPosition({ x, y: y + (card.measured.height ?? 0) + 12 })) };
    },
    [flow, inPane],
  );

  const openAt = useCallback(
    (kind: "connect" | "findings", node: string) => {
      const places = besideCard(node);
      if (places) setDialog({ kind, ...places, node });
    },
    [besideCard, setDialog],
  );
  const openConnect = useCallback((node: string) => openAt("connect", node), [openAt]);
  const openFindings = useCallback((node: string) => openAt("findings", node), [openAt]);

  const openList = useCallback(
    (kind: "find" | "commands" | "block") => {
      const width = pane.current?.clientWidth ?? 0;
      setDialog({ kind, at: { x: (width - LIST_WIDTH[kind]) / 2, y: 56 } });
    },
    [pane, setDialog],
  );

  const openHelp = useCallback(() => setDialog({ kind: "help" }), [setDialog]);

  const close = useCallback(() => {
    setDialog(null);
    pane.current?.focus({ preventScroll: true });
  }, [pane, setDialog]);

  return { dialog, pointInPane, openQuickAdd, openConnect, openFindings, openList, openHelp, close };
}

/** The wire that is selected, if it is all that is: a new layer goes into it. */
function onlyWire(session: Session): EdgeDoc | undefined {
  const { nodes, edges } = session.read().state.selection;
  if (nodes.length > 0 || edges.length !== 1) return undefined;
  return session.graph.edges.find((edge) => edge.id === edges[0]);
}

function middleOf(flow: ReactFlowInstance, source: string, target: string): Point | null {
  const ends = [flow.getInternalNode(source), flow.getInternalNode(target)];
  const points = ends.flatMap((end) => {
    if (!end) return [];
    const { x, y } = end.internals.positionAbsolute;
    return [{ x: x + (end.measured.width ?? 0) / 2, y: y + (end.measured.height ?? 0) / 2 }];
  });
  const [a, b] = points;
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : null;
}
