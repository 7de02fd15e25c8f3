import { useStoreApi } from "@xyflow/react";
import { type RefObject, useCallback, useRef, useState } from "react";
import type { Box } from "../graph/groups";
import { type Guide, NO_ALIGNMENT, alignment, boxAround, meet } from "../graph/guides";
import { CARD, type Point, type Size } from "../graph/placement";
import { stickiesOf } from "../graph/stickies";
import type { Session } from "../session";
import { useAlt } from "./useAlt";

/** Pixels on the screen from which what is dragged jumps into line. */
const REACH = 6;
const NONE: readonly Guide[] = [];

export type Places = readonly (readonly [string, Point])[];

/**
 * What is dragged falls into line with the cards in sight, and thin lines say with which. Not while cards snap to the grid,
 * nor while Alt is held.
 */
export function useGuides(session: Session, sizes: RefObject<ReadonlyMap<string, Size>>, snapping: boolean) {
  const store = useStoreApi();
  const free = useAlt();
  const [guides, setGuides] = useState<readonly Guide[]>(NONE);
  const shift = useRef<Point>(NO_ALIGNMENT.shift);

  /** The places of what is dragged, moved into line; they are the same when it is dropped. */
  const moved = useCallback(
    (places: Places): Places =>
      places.map(([id, { x, y }]) => [id, { x: x + shift.current.x, y: y + shift.current.y }] as const),
    [],
  );

  const align = useCallback(
    (places: Places): Places => {
      const { transform: [left, top, zoom], width, height } = store.getState();
      const own = new Set(places.map(([id]) => id));
      const boxOf = (id: string, at: Point): Box => ({ ...at, ...(sizes.current.get(id) ?? CARD) });
      const sight = { x: -left / zoom, y: -top / zoom, width: width / zoom, height: height / zoom };
      const others = [...session.graph.nodes, ...stickiesOf(session.graph)].flatMap((item) => {
        if (own.has(item.id)) return [];
        const box = boxOf(item.id, { x: item.x, y: item.y });
        return meet(box, sight) ? [box] : [];
      });
      const off = snapping || free.current || others.length === 0;
      const box = boxAround(places.map(([id, at]) => boxOf(id, at)));
      const found = off ? NO_ALIGNMENT : alignment(box, others, REACH / zoom);
      shift.current = found.shift;
      setGuides(found.guides.length > 0 ? found.guides : NONE);
      return moved(places);
    },
    [session, sizes, snapping, store, free, moved],
  );

  const endGuides = useCallback(() => {
    shift.current = NO_ALIGNMENT.shift;
    setGuides(NONE);
  }, []);

  return { guides, align, moved, endGuides };
}
