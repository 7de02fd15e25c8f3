import { useStore } from "@xyflow/react";

const GAP = 20;
/** Pixels on the screen below which dots would be a grey ground: every fourth is left. */
const CLOSEST = 11;

/** The dots behind the drawing. A view that only moves moves them as a picture; nothing is painted for it. */
export function Dots() {
  const zoom = useStore((store) => store.transform[2]);
  const gap = GAP * zoom < CLOSEST ? 4 * GAP * zoom : GAP * zoom;
  // The middle of a dot is the middle of its tile.
  const x = useStore((store) => within(store.transform[0] - gap / 2, gap));
  const y = useStore((store) => within(store.transform[1] - gap / 2, gap));
  return (
    <div
      className="dots"
      aria-hidden="true"
      style={{ inset: `${-gap}px 0 0 ${-gap}px`, backgroundSize: `${gap}px ${gap}px`, transform: `translate(${x}px, ${y}px)` }}
    />
  );
}

/** What is left of a length beyond whole steps; never below 0. */
function within(length: number, step: number): number {
  return ((length % step) + step) % step;
}
