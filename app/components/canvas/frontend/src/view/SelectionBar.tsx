import type { ReactNode } from "react";
import { AlignBottomIcon, AlignCenterIcon, AlignLeftIcon, AlignMiddleIcon, AlignRightIcon, AlignTopIcon, BlockIcon, SpreadAcrossIcon, SpreadDownIcon } from "./icons";
import { SHORTCUTS, type Task, keyName } from "./shortcuts";

const TOOLS: readonly (readonly [Task, ReactNode])[] = [
  ["alignLeft", <AlignLeftIcon />],
  ["alignCenters", <AlignCenterIcon />],
  ["alignRight", <AlignRightIcon />],
  ["alignTop", <AlignTopIcon />],
  ["alignMiddles", <AlignMiddleIcon />],
  ["alignBottom", <AlignBottomIcon />],
  ["spreadAcross", <SpreadAcrossIcon />],
  ["spreadDown", <SpreadDownIcon />],
  ["saveBlock", <BlockIcon />],
];

/** Buttons that line up what is selected, or keep it as a block: shown when that is more than one. */
export function SelectionBar({ count, onRun }: { count: number; onRun: (task: Task) => void }) {
  if (count < 2) return null;
  return (
    <div className="selection-bar" role="toolbar" aria-label="Align or keep the selected layers" data-testid="selection-bar">
      <span className="selection-count">{count} selected</span>
      {TOOLS.map(([task, icon]) => {
        const shortcut = SHORTCUTS.find((candidate) => candidate.task === task);
        const key = shortcut ? keyName(shortcut) : "";
        return (
          <button
            type="button" className="tool" key={task} aria-label={shortcut?.title}
            title={`${shortcut?.title}${key ? ` (${key})` : ""}`} onClick={() => onRun(task)}
          >
            {icon}
          </button>
        );
      })}
    </div>
  );
}
