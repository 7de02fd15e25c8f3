import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import type { WireEdge } from "./types";

/** A wire; among several into one port it carries its place in their order. */
export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY } = props;
  const [path] = getBezierPath({ ...props, curvature: 0.3 });
  const distance = Math.hypot(targetX - sourceX, targetY - sourceY);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={22}
        className="wire"
        data-selected={selected || undefined}
        data-faulty={data?.faulty || undefined}
        data-near={data?.near || undefined}
      />
      {data?.place && distance > 60 ? (
        <EdgeLabelRenderer>
          <span
            className="wire-place"
            style={{ transform: `translate(-50%, -50%) translate(${targetX - 26}px, ${labelY(sourceY, targetY)}px)` }}
          >
            {data.place}
          </span>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});

/** Wires into one port meet there; their numbers stand apart by the side they come from. */
function labelY(sourceY: number, targetY: number): number {
  const slope = Math.max(-16, Math.min(16, (sourceY - targetY) / 6));
  return targetY + slope;
}
