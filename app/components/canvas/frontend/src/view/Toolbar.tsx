import { useViewport } from "@xyflow/react";
import type { ReactNode } from "react";
import type { History } from "../graph/history";
import { CommandIcon, FitIcon, GridIcon, HelpIcon, MinusIcon, NoteIcon, PlusIcon, RedoIcon, TidyIcon, UndoIcon } from "./icons";
import type { Task } from "./shortcuts";
import type { Actions } from "./useActions";

interface Props {
  actions: Actions;
  history: History<unknown>;
  empty: boolean;
  snapping: boolean;
  onRun: (task: Task) => void;
}

/** The buttons at the lower left. */
export function Toolbar({ actions, history, empty, snapping, onRun }: Props) {
  const { zoom } = useViewport();
  return (
    <div className="toolbar" role="toolbar" aria-label="Canvas tools">
      <Tool name="Undo" keys="Ctrl+Z" off={history.past.length === 0} act={actions.undo} icon={<UndoIcon />} />
      <Tool name="Redo" keys="Ctrl+Y" off={history.future.length === 0} act={actions.redo} icon={<RedoIcon />} />
      <span className="toolbar-line" />
      <Tool name="Zoom out" keys="−" act={actions.zoomOut} icon={<MinusIcon />} />
      <button type="button" className="tool zoom" title="Full size (0)" aria-label="Full size" onClick={actions.zoomFull}>
        {Math.round(zoom * 100)}%
      </button>
      <Tool name="Zoom in" keys="+" act={actions.zoomIn} icon={<PlusIcon />} />
      <Tool name="Show everything" keys="F" off={empty} act={actions.fit} icon={<FitIcon />} />
      <span className="toolbar-line" />
      <Tool name="Tidy up" keys="T" off={empty} act={actions.tidy} icon={<TidyIcon />} />
      <Tool name="Snap to the grid" keys="G" on={snapping} act={() => onRun("snap")} icon={<GridIcon />} />
      <Tool name="Sticky note" keys="N" act={() => onRun("stickyNote")} icon={<NoteIcon />} />
      <span className="toolbar-line" />
      <Tool name="Commands" keys="Ctrl+K" act={() => onRun("commands")} icon={<CommandIcon />} />
      <Tool name="Keys" keys="Shift+?" act={() => onRun("help")} icon={<HelpIcon />} />
    </div>
  );
}

interface ToolProps {
  name: string;
  keys: string;
  off?: boolean;
  /** Of a tool that is a switch: which way it stands. */
  on?: boolean;
  act: () => void;
  icon: ReactNode;
}

function Tool({ name, keys, off, on, act, icon }: ToolProps) {
  return (
    <button
      type="button" className="tool" title={`${name} (${keys})`} aria-label={name} aria-pressed={on} disabled={off} onClick={act}
    >
      {icon}
    </button>
  );
}
