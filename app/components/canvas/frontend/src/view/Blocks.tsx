import type { Block } from "../graph/blocks";
import { BLOCK_TYPE } from "./dragged";
import { useEditor } from "./editor";
import { BlockIcon, ChevronIcon, CloseIcon } from "./icons";
import { deleteBlock, saveBlock, useBlocks } from "./useBlocks";
import { counted } from "./words";

interface Props {
  open: boolean;
  onToggle: () => void;
}

/** The palette's shelf of blocks, and the way back for the one that was deleted last. */
export function Blocks({ open, onToggle }: Props) {
  const { announce } = useEditor();
  const { blocks, deleted } = useBlocks();
  if (blocks.length === 0 && !deleted) return null;
  return (
    <div className="palette-group" data-testid="blocks">
      <button type="button" className="palette-group-head" aria-expanded={open} onClick={onToggle}>
        <ChevronIcon />
        My blocks
        <span className="palette-count">{blocks.length}</span>
      </button>
      {open && blocks.map((block) => <BlockEntry block={block} key={block.name} />)}
      {open && deleted && (
        <button
          type="button" className="entry bring-back" title="It was deleted just now"
          onClick={() => {
            if (saveBlock(deleted)) announce(`${deleted.name} is back`);
          }}
        >
          <span className="entry-label">Bring back {deleted.name}</span>
        </button>
      )}
    </div>
  );
}

export function BlockEntry({ block }: { block: Block }) {
  const { addBlock, announce } = useEditor();
  return (
    <div className="entry-row">
      <button
        type="button" className="entry" draggable data-block={block.name}
        title={`${block.name}: ${counted(block.part.nodes.length, "layer")}`}
        onDragStart={(event) => {
          event.dataTransfer.setData(BLOCK_TYPE, block.name);
          event.dataTransfer.effectAllowed = "copy";
        }}
        // A click that no mouse made (Enter, a screen reader) adds; the mouse drags, or clicks twice.
        onClick={(event) => {
          if (event.detail === 0) addBlock(block.name);
        }}
        onDoubleClick={() => addBlock(block.name)}
      >
        <BlockIcon />
        <span className="entry-label">{block.name}</span>
      </button>
      <button
        type="button" className="star" aria-label={`Delete the block ${block.name}`} title="Delete this block"
        onClick={() => {
          if (deleteBlock(block.name)) announce(`Deleted ${block.name}. A button at the end of My blocks brings it back.`);
        }}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
