/** What an empty canvas offers: the ways in which contacts may enter, as large choices. */

import { Panel } from "@xyflow/react";
import { useStore } from "zustand";

import { NodeIcon } from "../palette/NodeIcon";
import { addressOf } from "../router";
import { add } from "./actions";
import { useDesk } from "./desk";

const FIRST = { x: 0, y: 0 };

export function EmptyStart() {
  return <Panel position="top-center" className="empty-panel nowheel nodrag nopan"><StartChoices /></Panel>;
}

/** The choices themselves; the outline shows them too. */
export function StartChoices() {
  const desk = useDesk();
  const catalog = useStore(desk.editor, (state) => state.catalog);
  const triggers = catalog.newest().filter((one) => one.family === "trigger");
  const begin = (at: number): void => {
    const chosen = triggers[at];
    if (!chosen) return;
    add(desk, chosen, { kind: "free", at: FIRST });
    requestAnimationFrame(() => void desk.live.flow?.setCenter(300, 50, { zoom: 1 }));
  };
  return (
    <div className="empty-start">
      <h2>Start with who enters</h2>
      <p>Choose what lets contacts into the journey. What happens to them then, you put behind it.</p>
      <div className="empty-choices">
        {triggers.map((one, at) => (
          <button key={one.key} type="button" onClick={() => begin(at)} title={one.help}>
            <NodeIcon {...one} />
            <span><b>{one.label}</b><span>{one.help}</span></span>
          </button>
        ))}
      </div>
      <p>Or take an <a href={addressOf({ page: "gallery" })}>example from the gallery</a>.</p>
    </div>
  );
}
