/** Drawing: the palette, the canvas or the outline, and the inspector beside it. */

import { VisuallyHidden } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

import { Canvas } from "../canvas/Canvas";
import { DecorationsContext } from "../canvas/decorations";
import { DeskContext, makeDesk, useUi } from "../canvas/desk";
import { SidePanel } from "../inspector/SidePanel";
import { Outline } from "../outline/Outline";
import { Palette } from "../palette/Palette";
import { listenToClipboard } from "./clipboard";
import { listenToKeys } from "./keys";
import { Overlays } from "./Overlays";
import { useEditorRoom } from "./room";
import { Toolbar } from "./Toolbar";
import "./editor.css";

const SMALL = "(max-width: 1100px)";
/** Narrower than this, a journey is read as a list. */
const NARROW = "(max-width: 700px)";

export function DrawMode() {
  const { journey, editor, session, decorations } = useEditorRoom();
  const [desk] = useState(() => makeDesk(journey, editor, session));
  const view = useStore(session, (state) => state.view);
  useEffect(() => {
    if (window.matchMedia(NARROW).matches) session.setState({ view: "outline" });
    // Where there is little room, the drawing has it: the "+" in the tools is never far.
    if (window.matchMedia(SMALL).matches) desk.ui.setState({ palette: false });
  }, [session, desk]);
  useEffect(() => {
    const stops = [listenToKeys(desk), listenToClipboard(desk)];
    return () => stops.forEach((stop) => stop());
  }, [desk]);
  return (
    <DeskContext value={desk}>
      <DecorationsContext value={decorations}>
        <ReactFlowProvider>
          <div className="draw">
            {view === "canvas" && <Palette />}
            <div className="draw-middle">
              <Toolbar />
              <div className="draw-view">{view === "canvas" ? <Canvas /> : <Outline />}</div>
            </div>
            <SidePanel />
          </div>
          <Overlays />
          <Said />
        </ReactFlowProvider>
      </DecorationsContext>
    </DeskContext>
  );
}

function Said() {
  return <VisuallyHidden role="status">{useUi((ui) => ui.said)}</VisuallyHidden>;
}
