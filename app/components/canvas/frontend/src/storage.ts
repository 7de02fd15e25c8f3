/** What a browser keeps for us; a browser that forbids it (private windows, full disks) is one without a memory. */

export function recall(store: "local" | "session", key: string): string | null {
  try {
    return storeOf(store).getItem(key);
  } catch {
    return null;
  }
}

/** Whether it could be kept. */
export function keep(store: "local" | "session", key: string, text: string): boolean {
  try {
    storeOf(store).setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

export function forget(store: "local" | "session", key: string): void {
  try {
    storeOf(store).removeItem(key);
  } catch {
    // Nothing could have been kept either.
  }
}

function storeOf(store: "local" | "session"): Storage {
  return store === "local" ? globalThis.localStorage : globalThis.sessionStorage;
}
