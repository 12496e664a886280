/** What stands beside the drawing: the inspector of the selected node, and the panels of the whole journey. */

import { ActionIcon, Box, Drawer, Group, Indicator, Title, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { CircleAlert, FileText, Settings2, SlidersHorizontal, TicketPercent, X, type LucideIcon } from "lucide-react";
import { createElement, lazy, Suspense, useContext, useEffect, useState } from "react";
import { useStore } from "zustand";

import { useEditorRoom } from "../editor/room";
import { ProblemsContext } from "../problems/store";
import type { Side } from "../store/session";
import "./side.css";

// Nothing of them is needed before something is selected.
const Panel = lazy(() => import("./Panel"));
const PartEditor = lazy(() => import("./library/PartEditor"));

const TABS: readonly { readonly side: Side; readonly label: string; readonly icon: LucideIcon }[] = [
  { side: undefined, label: "Selected node", icon: SlidersHorizontal },
  { side: "problems", label: "Problems", icon: CircleAlert },
  { side: "templates", label: "Templates", icon: FileText },
  { side: "promotions", label: "Promotions", icon: TicketPercent },
  { side: "settings", label: "Settings of the journey", icon: Settings2 },
];

export function SidePanel() {
  const { session } = useEditorRoom();
  const wide = useMediaQuery("(min-width: 900px)", true, { getInitialValueInEffect: false });
  const side = useStore(session, (state) => state.side);
  const part = useStore(session, (state) => state.part);
  const nodes = useStore(session, (state) => state.nodes);
  const one = nodes.size === 1 ? [...nodes][0] : undefined;
  // Closed by hand for this selection; the next selection opens it again.
  const [closed, setClosed] = useState<ReadonlySet<string>>();
  const open = side !== undefined || (one !== undefined && closed !== nodes);
  // What is selected anew is what one wants to see.
  useEffect(() => {
    if (one !== undefined) session.setState({ side: undefined });
  }, [one, nodes, session]);
  const close = (): void => {
    setClosed(nodes);
    session.setState({ side: undefined });
  };
  const choose = (next: Side): void => {
    setClosed(undefined);
    session.setState({ side: next });
  };
  const title = TABS.find((tab) => tab.side === side)?.label ?? "";
  return (
    <>
      <aside className={wide ? "side" : "side side-narrow"} aria-label="Beside the drawing">
        {wide && open && (
          <section className="side-panel" aria-label={title}>
            <PanelHead title={title} onClose={close} />
            <Box className="side-body"><Suspense><Panel side={side} node={one} /></Suspense></Box>
          </section>
        )}
        <Rail side={side} open={open} choose={choose} close={close} wide={wide} node={one} />
      </aside>
      {!wide && (
        <Drawer opened={open} onClose={close} position="bottom" size="62dvh" title={title} withOverlay={false} lockScroll={false} trapFocus={false} closeOnClickOutside={false} closeButtonProps={{ "aria-label": "Close the panel" }} styles={{ content: { boxShadow: "0 -4px 24px rgb(0 0 0 / 25%)" } }}>
          <Suspense><Panel side={side} node={one} /></Suspense>
        </Drawer>
      )}
      {part && <Suspense><PartEditor part={part} /></Suspense>}
    </>
  );
}

function PanelHead({ title, onClose }: { readonly title: string; readonly onClose: () => void }) {
  return (
    <Group justify="space-between" px="md" py={8} wrap="nowrap" className="side-head">
      <Title order={2} size="sm" fw={600}>{title}</Title>
      <ActionIcon variant="subtle" color="gray" aria-label="Close the panel" onClick={onClose}><X size={16} /></ActionIcon>
    </Group>
  );
}

interface RailProps {
  readonly side: Side;
  readonly open: boolean;
  readonly wide: boolean;
  readonly node: string | undefined;
  readonly choose: (side: Side) => void;
  readonly close: () => void;
}

/** The panels to choose from, at the edge. */
function Rail({ side, open, wide, node, choose, close }: RailProps) {
  const problems = useStore(useContext(ProblemsContext), (state) => state.diagnostics.length);
  return (
    <nav className="side-rail" aria-label="Panels">
      {TABS.map((tab) => {
        const here = open && tab.side === side;
        const nothing = tab.side === undefined && node === undefined;
        const count = tab.side === "problems" ? problems : 0;
        return (
          <Tooltip key={tab.label} label={nothing ? "Select a node to see it here" : tab.label} position={wide ? "left" : "top"}>
            <Indicator disabled={count === 0} label={count > 99 ? "99+" : count} size={15} offset={9} position="top-start" color="red">
              <ActionIcon
                variant={here ? "light" : "subtle"}
                color={here ? "blue" : "gray"}
                size={38}
                aria-label={count > 0 ? `${tab.label}: ${String(count)}` : tab.label}
                aria-pressed={here}
                aria-disabled={nothing}
                onClick={() => { if (here) close(); else if (!nothing) choose(tab.side); }}
              >
                {createElement(tab.icon, { size: 18 })}
              </ActionIcon>
            </Indicator>
          </Tooltip>
        );
      })}
    </nav>
  );
}
