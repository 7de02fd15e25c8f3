import { type Root, createRoot } from "react-dom/client";
import type { CanvasData, CommittedDoc } from "./protocol";
import { type MendRequest, sessionOf } from "./session";
import { styleSheet } from "./styles";
import { themeOf } from "./theme";
import { Canvas } from "./view/Canvas";

/** What Streamlit hands to a component, as far as the canvas uses it. */
interface Mount {
  data: CanvasData;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue: (name: "doc", value: CommittedDoc) => void;
  setTriggerValue: (name: "mend", value: MendRequest) => void;
}

const roots = new WeakMap<HTMLElement | ShadowRoot, Root>();
/** The elements that each canvas is drawn in; new ones may come before the old ones are cleaned up. */
const places = new Map<string, HTMLElement | ShadowRoot>();

/** Streamlit calls this at mount and again whenever the data changed. */
export default function render({ data, parentElement, setStateValue, setTriggerValue }: Mount): () => void {
  // A call may come late, for elements that have left the page meanwhile.
  if (!parentElement.isConnected) return () => {};
  const session = sessionOf(data.key);
  let root = roots.get(parentElement);
  const mounted = root === undefined;
  if (!root) {
    const style = document.createElement("style");
    style.textContent = styleSheet;
    const host = document.createElement("div");
    parentElement.append(style, host);
    root = createRoot(host);
    roots.set(parentElement, root);
  }
  places.set(data.key, parentElement);
  session.receive(data, (doc) => setStateValue("doc", doc), mounted, (mend) => setTriggerValue("mend", mend));
  root.render(<Canvas key={data.key} session={session} height={data.height} theme={themeOf(parentElement, data.theme)} />);
  return () => {
    // Streamlit also says this of a call that newer data has overtaken: then all stays where it is.
    if (parentElement.isConnected) return;
    if (places.get(data.key) === parentElement) {
      places.delete(data.key);
      session.gone();
    }
    root.unmount();
    roots.delete(parentElement);
    parentElement.replaceChildren();
  };
}
