import { BaseEdge, type EdgeProps, getBezierPath, getSmoothStepPath, useStore } from "@xyflow/react";
import { type ReactNode, memo, useMemo } from "react";
import { createPortal } from "react-dom";
import type { WireEdge } from "./types";

/** Pixels that a wire needs beside its shape for it to be written there, and about how wide a letter is. */
const ROOM = 24;
const LETTER = 6.2;

/** How far below or above a layer behind has to be for a wire to have room between the rows. */
const ROW = 90;

/** A wire; among several into one port it carries its place in their order. */
export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY } = props;
  // A curve to a layer behind, as in a drawing of several rows, would run under the cards.
  const turns = targetX < sourceX && Math.abs(targetY - sourceY) > ROW;
  const [path, labelX, labelY] = turns
    ? getSmoothStepPath({ ...props, borderRadius: 14 })
    : getBezierPath({ ...props, curvature: 0.3 });
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
        data-kind={data?.kind ?? undefined}
      />
      {data?.shape ? (
        <text
          className="wire-shape" aria-hidden="true" x={labelX} y={labelY - 5}
          data-roomy={Math.abs(targetX - sourceX) > ROOM + data.shape.length * LETTER || undefined}
        >
          {data.shape}
        </text>
      ) : null}
      {data?.place && distance > 60 ? (
        <AboveWires>
          <span
            className="wire-place"
            style={{ transform: `translate(-50%, -50%) translate(${targetX - 26}px, ${placeY(sourceY, targetY)}px)` }}
          >
            {data.place}
          </span>
        </AboveWires>
      ) : null}
    </>
  );
});

/** React Flow's place for labels. Its own way there looks for the place at every move, for every wire. */
function AboveWires({ children }: { children: ReactNode }) {
  const drawing = useStore((store) => store.domNode);
  const place = useMemo(() => drawing?.querySelector(".react-flow__edgelabel-renderer"), [drawing]);
  return place ? createPortal(children, place) : null;
}

/** Wires into one port meet there; their numbers stand apart by the side they come from. */
function placeY(sourceY: number, targetY: number): number {
  const slope = Math.max(-16, Math.min(16, (sourceY - targetY) / 6));
  return targetY + slope;
}
