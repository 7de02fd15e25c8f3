import { useViewport } from "@xyflow/react";
import type { ReactNode } from "react";
import type { History } from "../graph/history";
import { FitIcon, HelpIcon, MinusIcon, PlusIcon, RedoIcon, TidyIcon, UndoIcon } from "./icons";
import type { Actions } from "./useActions";

interface Props {
  actions: Actions;
  history: History<unknown>;
  empty: boolean;
  onHelp: () => void;
}

/** The buttons at the lower left. */
export function Toolbar({ actions, history, empty, onHelp }: Props) {
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
      <Tool name="Keys" keys="Shift+?" act={onHelp} icon={<HelpIcon />} />
    </div>
  );
}

function Tool({ name, keys, off, act, icon }: { name: string; keys: string; off?: boolean; act: () => void; icon: ReactNode }) {
  return (
    <button type="button" className="tool" title={`${name} (${keys})`} aria-label={name} disabled={off} onClick={act}>
      {icon}
    </button>
  );
}
