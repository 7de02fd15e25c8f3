import { type NodeProps, NodeResizeControl, type ResizeParams } from "@xyflow/react";
import { memo, useRef, useState } from "react";
import { SMALLEST, changeSticky } from "../graph/stickies";
import { useEditor } from "./editor";
import type { StickyNode } from "./types";
import { useHold } from "./useHold";

const MOST_LETTERS = 10_000;

/** Words on the canvas. Double-click or F2 to write, Esc or a click elsewhere when done. */
export const Sticky = memo(function Sticky({ data, selected }: NodeProps<StickyNode>) {
  const { sticky } = data;
  const { session, renaming, startRename } = useEditor();

  const gesture = useHold(session);
  const began = useRef(0);

  const begin = () => {
    began.current = Date.now();
    gesture.begin();
  };

  const resize = ({ x, y, width, height }: ResizeParams) => {
    const change = { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
    // All of one gesture is one step, however long it lasts.
    const tag = `size ${sticky.id} ${began.current}`;
    session.dispatch({ type: "edit", graph: changeSticky(session.graph, sticky.id, change), now: began.current, tag });
  };

  return (
    <div
      className="sticky"
      data-sticky={sticky.id}
      data-selected={selected || undefined}
      style={{ width: sticky.width, height: sticky.height }}
      onDoubleClick={() => startRename(sticky.id)}
    >
      {renaming === sticky.id ? (
        <StickyField id={sticky.id} text={sticky.text} />
      ) : (
        <div className="sticky-text" data-faint={sticky.text === "" || undefined}>
          {sticky.text || "Double-click to write"}
        </div>
      )}
      {selected && (
        <NodeResizeControl
          className="sticky-size nodrag"
          position="bottom-right"
          minWidth={SMALLEST.width}
          minHeight={SMALLEST.height}
          onResizeStart={begin}
          onResize={(_, size) => resize(size)}
          onResizeEnd={gesture.end}
        />
      )}
    </div>
  );
});

function StickyField({ id, text }: { id: string; text: string }) {
  const { session, stopRename, announce } = useEditor();
  const [written, setWritten] = useState(text);

  const finish = () => {
    session.dispatch({ type: "edit", graph: changeSticky(session.graph, id, { text: written }), now: Date.now() });
    announce("Sticky note kept");
    stopRename();
  };

  return (
    <textarea
      className="nodrag nopan nowheel"
      aria-label="Text of the sticky note"
      autoFocus
      maxLength={MOST_LETTERS}
      value={written}
      onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
      onChange={(event) => setWritten(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === "Escape" || (event.key === "Enter" && event.ctrlKey)) finish();
      }}
    />
  );
}
