/** The kind of data a palette entry carries while it is dragged; its value is the layer's registry name. */
export const LAYER_TYPE = "application/x-layerloom-layer";
/** The same for a block; its value is the block's name. */
export const BLOCK_TYPE = "application/x-layerloom-block";
