import type { GraphDoc, StickyDoc } from "../protocol";
import { type Point, freePlace } from "./placement";
import { newStickyId } from "./ids";

const WIDTH = 220;
const HEIGHT = 120;
export const SMALLEST = { width: 120, height: 60 } as const;

export function stickiesOf(graph: GraphDoc): readonly StickyDoc[] {
  return graph.sticky_notes ?? [];
}

/** The design with these sticky notes; the very same one when they are the ones it has. */
export function withStickies(graph: GraphDoc, stickies: readonly StickyDoc[]): GraphDoc {
  const old = stickiesOf(graph);
  if (old.length === stickies.length && old.every((sticky, index) => sticky === stickies[index])) return graph;
  const { sticky_notes: _, ...rest } = graph;
  return stickies.length > 0 ? { ...rest, sticky_notes: stickies } : rest;
}

/** An empty sticky note with its middle at a point, or beside it where something lies there. */
export function newSticky(graph: GraphDoc, at: Point): StickyDoc {
  const place = freePlace(graph, { x: at.x - WIDTH / 2, y: at.y - HEIGHT / 2 }, { width: WIDTH, height: HEIGHT });
  return { id: newStickyId(), text: "", ...place, width: WIDTH, height: HEIGHT };
}

export function changeSticky(graph: GraphDoc, id: string, change: Partial<StickyDoc>): GraphDoc {
  const stickies = stickiesOf(graph).map((sticky) => {
    const next = { ...sticky, ...change };
    const same = sticky.id !== id || JSON.stringify(next) === JSON.stringify(sticky);
    return same ? sticky : next;
  });
  return withStickies(graph, stickies);
}
