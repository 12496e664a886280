/** Drawing: the palette, the canvas or the outline, and the inspector beside it. */

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";

import { Canvas } from "../canvas/Canvas";
import { DecorationsContext } from "../canvas/decorations";
import { listenToKeys } from "./keys";
import { useEditorRoom } from "./room";

export function DrawMode() {
  const { editor, session, decorations } = useEditorRoom();
  useEffect(() => listenToKeys(editor, session), [editor, session]);
  return (
    <DecorationsContext value={decorations}>
      <ReactFlowProvider>
        <Canvas editor={editor} session={session} />
      </ReactFlowProvider>
    </DecorationsContext>
  );
}
