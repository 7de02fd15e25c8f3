import type { LooseEnd } from "../graph/connect";
import type { Point } from "../graph/placement";
import { useEditor } from "./editor";
import { Picker } from "./Picker";

interface Props {
  /** Where the list opens, in pixels of the pane. */
  at: Point;
  /** Where the layer goes, in units of the drawing. */
  point: Point;
  /** A wire waiting for the layer. */
  wire?: LooseEnd;
  onClose: () => void;
}

/** The list of layers at the pointer; of those with a fitting side when a wire waits. */
export function QuickAdd({ at, point, wire, onClose }: Props) {
  const { session, addLayer, hueOf } = useEditor();
  const { palette } = session.read();
  const fitting = palette.filter((entry) => !wire || (wire.side === "out" ? entry.inputs : entry.outputs).length > 0);
  return (
    <Picker
      title={wire ? `Add a layer wired to ${wire.port}` : "Add a layer"}
      placeholder={wire ? "Wire to a new…" : "Add a layer…"}
      nothing="No layer is called like that."
      testId="quick-add"
      at={at}
      items={fitting.map((entry) => ({
        id: entry.layer,
        label: entry.label,
        aside: entry.group,
        words: `${entry.layer} ${entry.group} ${entry.summary ?? ""}`,
        hue: hueOf(entry.layer),
      }))}
      onPick={(layer) => {
        addLayer(layer, point, wire);
        onClose();
      }}
      onClose={onClose}
    />
  );
}
