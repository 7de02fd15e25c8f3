import type { Point } from "../graph/placement";
import type { GraphDoc } from "../protocol";
import { useEditor } from "./editor";
import { Picker } from "./Picker";

interface Props {
  at: Point;
  graph: GraphDoc;
  onClose: () => void;
}

/** All layers of the design by name: the one that is picked is selected and brought into sight. */
export function Find({ at, graph, onClose }: Props) {
  const { session, hueOf, announce } = useEditor();
  const { palette, notes } = session.read();
  const labels = new Map(palette.map((entry) => [entry.layer, entry.label]));
  return (
    <Picker
      title="Find a layer of this design"
      placeholder="Find…"
      nothing="No layer of this design is called like that."
      testId="find"
      at={at}
      items={graph.nodes.map((node) => ({
        id: node.id,
        label: node.name,
        aside: labels.get(node.layer) ?? node.layer,
        words: [node.layer, labels.get(node.layer), node.note, ...Object.values(notes[node.id]?.outputs ?? {})].join(" "),
        hue: hueOf(node.layer),
      }))}
      onPick={(id) => {
        onClose();
        session.dispatch({ type: "select", selection: { nodes: [id], edges: [] } });
        session.show([id]);
        announce(`Found ${graph.nodes.find((node) => node.id === id)?.name}`);
      }}
      onClose={onClose}
    />
  );
}
