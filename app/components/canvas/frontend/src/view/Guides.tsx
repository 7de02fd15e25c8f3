import { ViewportPortal, useStore } from "@xyflow/react";
import type { Guide } from "../graph/guides";

/** Thin lines along which what is dragged lies with others; as thin at any zoom. */
export function Guides({ guides }: { guides: readonly Guide[] }) {
  const zoom = useStore((store) => store.transform[2]);
  if (guides.length === 0) return null;
  const thin = 1 / zoom;
  return (
    <ViewportPortal>
      {guides.map(({ way, at, from, to }) => {
        const [x, y, width, height] = way === "down" ? [at - thin / 2, from, thin, to - from] : [from, at - thin / 2, to - from, thin];
        return (
          <div
            className="guide" data-guide={way} aria-hidden="true" key={`${way} ${at}`}
            style={{ transform: `translate(${x}px, ${y}px)`, width, height }}
          />
        );
      })}
    </ViewportPortal>
  );
}
