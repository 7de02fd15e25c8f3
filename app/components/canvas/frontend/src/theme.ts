import type { Theme } from "./protocol";

/** Light or dark as Streamlit's background says, or as Python says where there is none to read. */
export function themeOf(place: HTMLElement | ShadowRoot, fallback: Theme): Theme {
  const element = place instanceof ShadowRoot ? place.host : place;
  const background = getComputedStyle(element).getPropertyValue("--st-background-color");
  const channels = rgb(background.trim());
  if (!channels) return fallback;
  const [red, green, blue] = channels;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
}

/** The channels of "#0e1117", "#fff" or "rgb(14, 17, 23)"; null for any other way to write a colour. */
export function rgb(color: string): [number, number, number] | null {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  if (hex) {
    const wide = hex.length < 6 ? Array.from(hex, (digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16)) as [number, number, number];
  }
  const numbers = /^rgba?\(([^)]*)\)$/i.exec(color)?.[1]?.match(/[\d.]+/g)?.map(Number);
  const [red, green, blue] = numbers ?? [];
  return red === undefined || green === undefined || blue === undefined ? null : [red, green, blue];
}
