import { useEditor } from "./editor";

/** What an empty design says: how to begin. */
export function EmptyState() {
  const { openQuickAdd } = useEditor();
  return (
    <div className="empty">
      <svg className="empty-picture" viewBox="0 0 200 72" aria-hidden="true">
        <rect x="4" y="18" width="56" height="36" rx="8" />
        <rect x="140" y="18" width="56" height="36" rx="8" />
        <path d="M60 36c28 0 52 0 80 0" />
        <circle cx="60" cy="36" r="4" />
        <circle cx="140" cy="36" r="4" />
      </svg>
      <p className="empty-title">Drag a layer here to begin</p>
      <p className="empty-text">Start with an input, then wire layers from port to port.</p>
      <button type="button" className="button" onClick={() => openQuickAdd()}>
        Add a layer <kbd>/</kbd>
      </button>
    </div>
  );
}
