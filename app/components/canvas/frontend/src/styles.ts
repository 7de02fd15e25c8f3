import flow from "@xyflow/react/dist/base.css?inline";
import base from "./styles/base.css?inline";
import blocks from "./styles/blocks.css?inline";
import card from "./styles/card.css?inline";
import drawing from "./styles/drawing.css?inline";
import favourites from "./styles/favourites.css?inline";
import frames from "./styles/frames.css?inline";
import kinds from "./styles/kinds.css?inline";
import lists from "./styles/lists.css?inline";
import marks from "./styles/marks.css?inline";
import problems from "./styles/problems.css?inline";
import sticky from "./styles/sticky.css?inline";

/** All styles as one text: put into the page with the first element, the canvas is never seen without them. */
export const styleSheet = [flow, base, drawing, card, kinds, marks, lists, favourites, problems, sticky, frames, blocks].join("\n");
