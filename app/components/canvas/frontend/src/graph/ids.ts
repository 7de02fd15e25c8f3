const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

function shortId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return prefix + Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

export const newNodeId = (): string => shortId("n_");
export const newStickyId = (): string => shortId("s_");
export const newEdgeId = (): string => shortId("e_");
