import type { LooseEnd } from "../graph/connect";
import { placeBy } from "../graph/favourites";
import type { Point } from "../graph/placement";
import { takes } from "../graph/kinds";
import type { PaletteEntry } from "../protocol";
import { useEditor } from "./editor";
import { Picker } from "./Picker";
import { useBlocks } from "./useBlocks";
import { useUsage } from "./useUsage";

/** Before the name of a block, among the names of layers. */
const BLOCK = "block:";

interface Props {
  /** Where the list opens, in pixels of the pane. */
  at: Point;
  /** Where the layer goes, in units of the drawing. */
  point: Point;
  /** A wire waiting for the layer. */
  wire?: LooseEnd;
  /** The wire that the layer is put into. */
  into?: string;
  onClose: () => void;
}

/** The list of layers at the pointer; of those with a fitting side when a wire waits. */
export function QuickAdd({ at, point, wire, into, onClose }: Props) {
  const { session, portsOf, addLayer, addBlock, hueOf } = useEditor();
  const { favourites, recent } = useUsage();
  const { blocks } = useBlocks();
  // A block has no one side to wire.
  const mine = wire || into ? [] : blocks.map(({ name }) => ({ id: BLOCK + name, label: name, aside: "my block", words: "my block" }));
  const fitting = session.read().palette.filter((entry) => fits(entry, wire, into));
  const place = placeBy({ favourites, recent });
  const ordered = [...fitting].sort((a, b) => place(a.layer) - place(b.layer));

  function fits(entry: PaletteEntry, end: LooseEnd | undefined, wireId: string | undefined): boolean {
    if (wireId !== undefined && entry.outputs.length === 0) return false;
    if (end?.side === "in") return entry.outputs.length > 0;
    const from = end ?? sourceOf(wireId);
    if (!from) return true;
    const node = session.graph.nodes.find((candidate) => candidate.id === from.node);
    const kind = node && portsOf(node).kinds?.[from.port];
    return entry.inputs.some((input) => takes(input, kind));
  }

  function sourceOf(wireId: string | undefined) {
    const edge = session.graph.edges.find((candidate) => candidate.id === wireId);
    return edge && { node: edge.source, port: edge.source_port };
  }

  return (
    <Picker
      title={wire ? `Add a layer wired to ${wire.port}` : into ? "Put a layer into the wire" : "Add a layer"}
      placeholder={wire ? "Wire to a new…" : into ? "Put into the wire…" : "Add a layer…"}
      nothing="No layer is called like that."
      testId="quick-add"
      at={at}
      items={[...ordered.map((entry) => ({
        id: entry.layer,
        label: entry.label,
        aside: favourites.includes(entry.layer) ? "favourite" : recent.includes(entry.layer) ? "recent" : entry.group,
        words: `${entry.layer} ${entry.group} ${entry.summary ?? ""}`,
        hue: hueOf(entry.layer),
      })), ...mine]}
      onPick={(id) => {
        if (id.startsWith(BLOCK)) addBlock(id.slice(BLOCK.length), point);
        else addLayer(id, point, wire, into);
        onClose();
      }}
      onClose={onClose}
    />
  );
}
