import { factsOf } from "../graph/facts";
import type { Point } from "../graph/placement";
import { stickiesOf } from "../graph/stickies";
import type { GraphDoc } from "../protocol";
import { useEditor } from "./editor";
import { Picker } from "./Picker";

interface Props {
  at: Point;
  graph: GraphDoc;
  onClose: () => void;
}

/** All layers and notes by name, parameters, shapes and texts: the one that is picked is selected and brought into sight. */
export function Find({ at, graph, onClose }: Props) {
  const { session, hueOf, announce } = useEditor();
  const { palette, notes } = session.read();
  const labels = new Map(palette.map((entry) => [entry.layer, entry.label]));
  const layers = graph.nodes.map((node) => ({
    id: node.id,
    label: node.name,
    aside: labels.get(node.layer) ?? node.layer,
    words: [node.layer, labels.get(node.layer)].join(" "),
    facts: factsOf(node, notes[node.id]),
    hue: hueOf(node.layer),
  }));
  const stickies = stickiesOf(graph).map(({ id, text }) => ({ id, label: firstLine(text) || "Empty note", aside: "note", facts: [text] }));
  return (
    <Picker
      title="Find a layer or note by name, parameter, shape or text"
      placeholder="Find a name, parameter, shape or note…"
      nothing="Nothing in this design is called like that or has such a value."
      testId="find"
      at={at}
      items={[...layers, ...stickies]}
      onPick={(id) => {
        onClose();
        session.dispatch({ type: "select", selection: { nodes: [id], edges: [] } });
        session.show([id]);
        announce(`Found ${graph.nodes.find((node) => node.id === id)?.name ?? "a sticky note"}`);
      }}
      onClose={onClose}
    />
  );
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
