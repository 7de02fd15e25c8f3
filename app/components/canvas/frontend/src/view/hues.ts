import type { PaletteEntry } from "../protocol";

const FIRST = 255;

/**
 * A hue in degrees for each group: as far apart as so many can be, and neighbours in the palette farthest. Groups take
 * them in palette order: no group is known by name.
 */
export function huesOf(palette: readonly PaletteEntry[]): Map<string, number> {
  const groups = [...new Set(palette.map((entry) => entry.group))];
  const count = groups.length;
  const step = strideOf(count);
  return new Map(groups.map((group, index) => [group, Math.round(FIRST + (360 * ((index * step) % count)) / count) % 360]));
}

/** The step round the circle, near two fifths of it, that meets every place once. */
function strideOf(count: number): number {
  for (let step = Math.max(1, Math.round(count * 0.4)); step < count; step += 1) {
    if (gcd(step, count) === 1) return step;
  }
  return 1;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
