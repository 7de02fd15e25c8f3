import type { CSSProperties, ReactNode } from "react";
import { ChevronIcon } from "./icons";

interface HeadProps {
  name: string;
  count: number;
  open: boolean;
  onToggle: () => void;
}

/** The head of a group of the palette, which opens and folds it. */
export function GroupHead({ name, count, open, onToggle }: HeadProps) {
  return (
    <button type="button" className="palette-group-head" aria-expanded={open} onClick={onToggle}>
      <ChevronIcon />
      {name}
      <span className="palette-count">{count}</span>
    </button>
  );
}

interface EntryProps {
  label: string;
  title: string | undefined;
  /** What stands before the label. */
  mark: ReactNode;
  style?: CSSProperties;
  /** What a drop is told: the kind of thing that is dragged, and which one. */
  dragged: readonly [type: string, value: string];
  /** Attributes that name the entry. */
  named: Record<`data-${string}`, string>;
  onAdd: () => void;
}

/** Something of the palette that is dragged onto the canvas, or added without a mouse. */
export function DraggedEntry({ label, title, mark, style, dragged, named, onAdd }: EntryProps) {
  return (
    <button
      type="button" className="entry" draggable title={title} style={style} {...named}
      onDragStart={(event) => {
        event.dataTransfer.setData(...dragged);
        event.dataTransfer.effectAllowed = "copy";
      }}
      // A click that no mouse made (Enter, a screen reader) adds; the mouse drags, or clicks twice.
      onClick={(event) => {
        if (event.detail === 0) onAdd();
      }}
      onDoubleClick={onAdd}
    >
      {mark}
      <span className="entry-label">{label}</span>
    </button>
  );
}
