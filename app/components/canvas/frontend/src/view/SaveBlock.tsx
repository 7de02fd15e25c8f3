import { useLayoutEffect, useRef, useState } from "react";
import { LONGEST_NAME, blockProblem, standingAlone } from "../graph/blocks";
import { copyOf } from "../graph/clipboard";
import type { Point } from "../graph/placement";
import { useEditor } from "./editor";
import { placeInPane } from "./placing";
import { saveBlock, useBlocks } from "./useBlocks";
import { useOutside } from "./useOutside";
import { counted } from "./words";

/** Asks for the name under which the selected layers are kept as a block. */
export function SaveBlock({ at, onClose }: { at: Point; onClose: () => void }) {
  const { session, announce, toast } = useEditor();
  const { blocks } = useBlocks();
  const [name, setName] = useState(() => `Block ${blocks.length + 1}`);
  const [part] = useState(() => standingAlone(copyOf(session.graph, session.read().state.selection.nodes)));
  const box = useRef<HTMLFormElement>(null);
  const problem = blockProblem(name, blocks);
  const taken = blocks.some((block) => block.name === name.trim());

  useLayoutEffect(() => placeInPane(box.current, at), [at]);
  useOutside(box, onClose);

  const save = () => {
    if (problem) return;
    if (saveBlock({ name: name.trim(), part })) announce(`Saved ${counted(part.nodes.length, "layer")} as ${name.trim()}, under My blocks`);
    else toast("The browser has no room for this block.");
    onClose();
  };

  return (
    <form
      className="picker block-form" role="dialog" aria-label="Save the selection as a block" data-testid="save-block" tabIndex={-1} ref={box}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <label>
        Name of the block
        <input
          autoFocus spellCheck={false} maxLength={LONGEST_NAME} value={name} aria-invalid={problem !== null}
          onFocus={(event) => event.target.select()} onChange={(event) => setName(event.target.value)}
        />
      </label>
      <p className="block-words" role="status">
        {problem ?? (taken ? "Takes the place of the block of this name." : `${counted(part.nodes.length, "layer")} with the wires among them.`)}
      </p>
      <div className="block-buttons">
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="submit" className="button" data-main disabled={problem !== null}>Save</button>
      </div>
    </form>
  );
}
