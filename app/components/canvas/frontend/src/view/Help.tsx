import { useEffect, useRef } from "react";
import { CloseIcon } from "./icons";
import { HELP } from "./shortcuts";

/** All keys, over the canvas. */
export function Help({ onClose }: { onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    button.current?.focus();
  }, []);

  return (
    <div className="help-shade" onClick={onClose}>
      <div
        className="help"
        role="dialog"
        aria-modal="true"
        aria-label="Keys of the canvas"
        data-testid="help"
        tabIndex={-1}
        onClick={(event) => event.stopPropagation()}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          // The close button is all there is to focus.
          if (event.key === "Tab") event.preventDefault();
        }}
      >
        <div className="help-head">
          <h2>Keys of the canvas</h2>
          <button type="button" className="tool" aria-label="Close" ref={button} onClick={onClose}>
            <CloseIcon />
          </button>
        </div>
        <div className="help-columns">
          {HELP.map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.rows.map((row) => (
                  <div className="help-row" key={row.what}>
                    <dt>{row.what}</dt>
                    <dd>
                      {row.keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}
