import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useRef, useState } from "react";
import type { Theme } from "../protocol";
import type { Session } from "../session";
import { Workbench } from "./Workbench";

interface Props {
  session: Session;
  height: number | string;
  theme: Theme;
}

/** The editor's outermost element. It waits for a width: in a hidden tab it has none, and a view fitted to nothing is lost. */
export function Canvas({ session, height, theme }: Props) {
  const wrapper = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    const element = wrapper.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return (
    <div className="canvas" data-theme={theme} style={{ height }} ref={wrapper}>
      {width > 0 && (
        <ReactFlowProvider>
          <Workbench session={session} theme={theme} narrow={width < 760} />
        </ReactFlowProvider>
      )}
    </div>
  );
}
