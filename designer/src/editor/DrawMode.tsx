/** Drawing: the palette, the canvas or the outline, and the inspector beside it. */

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

import { Canvas } from "../canvas/Canvas";
import { DecorationsContext } from "../canvas/decorations";
import { DeskContext, makeDesk } from "../canvas/desk";
import { SidePanel } from "../inspector/SidePanel";
import { Palette } from "../palette/Palette";
import { QuickAdd } from "../palette/QuickAdd";
import { listenToKeys } from "./keys";
import { useEditorRoom } from "./room";
import "./editor.css";

export function DrawMode() {
  const { journey, editor, session, decorations } = useEditorRoom();
  const [desk] = useState(() => makeDesk(journey, editor, session));
  const view = useStore(session, (state) => state.view);
  useEffect(() => listenToKeys(editor, session), [editor, session]);
  return (
    <DeskContext value={desk}>
      <DecorationsContext value={decorations}>
        <ReactFlowProvider>
          <div className="draw">
            {view === "canvas" && <Palette />}
            <div className="draw-middle">
              <Canvas />
            </div>
            <SidePanel />
          </div>
          <QuickAdd />
        </ReactFlowProvider>
      </DecorationsContext>
    </DeskContext>
  );
}
