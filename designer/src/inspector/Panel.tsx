/** The panel beside the drawing that is asked for. Loaded when the first is opened. */

import { Text } from "@mantine/core";

import { ProblemsPanel } from "../problems/ProblemsPanel";
import type { Side } from "../store/session";
import { PromotionsPanel, TemplatesPanel } from "./library/panels";
import { NodeInspector } from "./NodeInspector";
import { SettingsPanel } from "./SettingsPanel";

export default function Panel({ side, node }: { readonly side: Side; readonly node: string | undefined }) {
  switch (side) {
    case "problems":
      return <ProblemsPanel />;
    case "templates":
      return <TemplatesPanel />;
    case "promotions":
      return <PromotionsPanel />;
    case "settings":
      return <SettingsPanel />;
    case undefined:
      return node === undefined ? <Text p="md" c="dimmed" size="sm">Select one node to see what it does and change it.</Text> : <NodeInspector key={node} id={node} />;
  }
}
