import { useLayoutEffect, useRef } from "react";
import type { Point } from "../graph/placement";
import { stickiesOf } from "../graph/stickies";
import type { GraphDoc } from "../protocol";
import type { Glide } from "../session";
import { motion } from "./useSight";

type SetPlaces = (places: ReadonlyMap<string, Point>) => void;

/** Lets cards move to their new places where the eye can follow; at once for those who want less motion. */
export function useGlide(glide: Glide, graph: GraphDoc, setPlaces: SetPlaces): void {
  const shown = useRef(glide.count);

  useLayoutEffect(() => {
    const lasts = motion();
    if (glide.count === shown.current || lasts === 0) return undefined;
    shown.current = glide.count;
    const ends = [...graph.nodes, ...stickiesOf(graph)];
    const began = performance.now();
    let frame = 0;
    const step = (now: number) => {
      const part = Math.min(1, Math.max(0, now - began) / lasts);
      if (part === 1) {
        setPlaces(new Map());
        return;
      }
      // Fast at first, slow at the end.
      const way = 1 - (1 - part) ** 3;
      setPlaces(new Map(ends.flatMap((end) => between(glide.from.get(end.id), end, way))));
      frame = requestAnimationFrame(step);
    };
    step(began);
    return () => {
      cancelAnimationFrame(frame);
      setPlaces(new Map());
    };
    // A later edit of the design ends the movement: it must not draw old places.
  }, [glide, graph, setPlaces]);
}

function between(from: Point | undefined, to: Point & { id: string }, way: number): [string, Point][] {
  if (!from) return [];
  return [[to.id, { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way }]];
}
