/** Drawing: the palette, the canvas or the outline, and the inspector beside it. */

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";

import { Canvas } from "../canvas/Canvas";
import { DecorationsContext } from "../canvas/decorations";
import { SidePanel } from "../inspector/SidePanel";
import { listenToKeys } from "./keys";
import { useEditorRoom } from "./room";

export function DrawMode() {
  const { editor, session, decorations } = useEditorRoom();
  useEffect(() => listenToKeys(editor, session), [editor, session]);
  return (
    <DecorationsContext value={decorations}>
      <ReactFlowProvider>
        <div style={{ display: "flex", height: "100%", position: "relative" }}>
          <div style={{ flex: 1, minWidth: 0 }}><Canvas editor={editor} session={session} /></div>
          <SidePanel />
        </div>
      </ReactFlowProvider>
    </DecorationsContext>
  );
}
