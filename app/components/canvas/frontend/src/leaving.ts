/** Milliseconds between two looks whether a click can go on; Streamlit sends what it is given with a timer. */
const LOOK_MS = 10;
/** Milliseconds a click waits at most: for a server that is busy or away. */
const LONGEST_MS = 500;

/**
 * Lets each click that leads to another page wait until what there is to say has arrived. Streamlit sends such a click at
 * once, ahead of what it was given before; what comes after it, it takes for the way back to the old page.
 *
 * @param leave Says what there is to say; gives back whether it has arrived.
 */
export function beforeLeaving(leave: () => () => boolean): void {
  let passes = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const hear = (event: MouseEvent): void => {
    const link = passes ? undefined : linkAway(event);
    if (link === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(waiting);
    const arrived = leave();
    const look = (left: number): void => {
      waiting = setTimeout(() => {
        if (!arrived() && left > 0) {
          look(left - LOOK_MS);
          return;
        }
        passes = true;
        link.click();
        passes = false;
      }, LOOK_MS);
    };
    look(LONGEST_MS);
  };
  globalThis.addEventListener?.("click", hear, true);
}

/** The link that was clicked, if another page takes the place of this one. */
function linkAway(event: MouseEvent): HTMLAnchorElement | undefined {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
  const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
  // What is saved as a file leads nowhere, and the blob behind it may be gone in a moment.
  if (link === undefined || link.hasAttribute("download") || !/^https?:$/.test(link.protocol)) return undefined;
  const leads = link.target !== "_blank" && link.origin === location.origin && link.pathname !== location.pathname;
  return leads ? link : undefined;
}
