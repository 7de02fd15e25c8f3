import type { Point } from "../graph/placement";
import { Picker } from "./Picker";
import { SHORTCUTS, type Task, keyName } from "./shortcuts";

interface Props {
  at: Point;
  onRun: (task: Task) => void;
  onClose: () => void;
}

/** Everything the canvas can do, by name, with its key. */
export function Commands({ at, onRun, onClose }: Props) {
  return (
    <Picker
      title="Commands"
      placeholder="What do you want to do?"
      nothing="No command is called like that."
      testId="commands"
      at={at}
      items={SHORTCUTS.flatMap((shortcut) =>
        shortcut.title ? [{ id: shortcut.task, label: shortcut.title, aside: keyName(shortcut) }] : [],
      )}
      onPick={(task) => {
        onClose();
        onRun(task as Task);
      }}
      onClose={onClose}
    />
  );
}
