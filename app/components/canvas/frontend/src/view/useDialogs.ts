import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { LooseEnd } from "../graph/connect";
import type { Point } from "../graph/placement";
import type { ClientPoint } from "./types";

export type Dialog =
  /** `at` in pixels of the pane, `point` in units of the drawing. */
  | { kind: "add"; at: Point; point: Point; wire?: LooseEnd }
  | { kind: "connect"; at: Point; node: string }
  | { kind: "help" };

/** The lists that open over the canvas: one at a time, focus goes back to the canvas afterwards. */
export function useDialogs(pane: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const pointer = useRef<ClientPoint | null>(null);

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

  const openQuickAdd = useCallback(
    (at?: ClientPoint, wire?: LooseEnd) => {
      const place = at ?? pointerOrMiddle();
      setDialog({ kind: "add", at: inPane(place), point: flow.screenToFlowPosition(place), wire });
    },
    [flow, inPane, pointerOrMiddle],
  );

  const openConnect = useCallback(
    (node: string) => {
      const card = flow.getInternalNode(node);
      if (!card) return;
      const { x, y } = card.internals.positionAbsolute;
      const place = flow.flowToScreenPosition({ x: x + (card.measured.width ?? 0) + 12, y });
      setDialog({ kind: "connect", at: inPane(place), node });
    },
    [flow, inPane],
  );

  const openHelp = useCallback(() => setDialog({ kind: "help" }), []);

  const close = useCallback(() => {
    setDialog(null);
    pane.current?.focus({ preventScroll: true });
  }, [pane]);

  return { dialog, openQuickAdd, openConnect, openHelp, close };
}
