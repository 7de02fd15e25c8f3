import type { Block } from "../graph/blocks";
import { BLOCK_TYPE } from "./dragged";
import { useEditor } from "./editor";
import { BlockIcon, CloseIcon } from "./icons";
import { DraggedEntry, GroupHead } from "./PaletteParts";
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
      <GroupHead name="My blocks" count={blocks.length} open={open} onToggle={onToggle} />
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
      <DraggedEntry
        label={block.name} title={`${block.name}: ${counted(block.part.nodes.length, "layer")}`} mark={<BlockIcon />}
        dragged={[BLOCK_TYPE, block.name]} named={{ "data-block": block.name }} onAdd={() => addBlock(block.name)}
      />
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
