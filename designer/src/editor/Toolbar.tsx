/** The tools over the drawing: taking back, looking at it another way, adding, finding, tidying. */

import { ActionIcon, Menu, SegmentedControl, Tooltip } from "@mantine/core";
import { Command as CommandIcon, History, Keyboard, LassoSelect, ListTree, Maximize, Plus, Redo2, Search, Undo2, Wand2, Waypoints, ZoomIn, type LucideIcon } from "lucide-react";
import { createElement, type ReactNode } from "react";
import { useStore } from "zustand";

import { useDesk, useUi } from "../canvas/desk";
import { spelledKeys } from "./commands/command";
import { command, mayRun } from "./commands/table";
import { HistoryList } from "./HistoryList";
import { Keys } from "./Keys";

const VIEWS = [
  { value: "canvas", label: <span className="tool-view"><Waypoints size={15} aria-hidden /><span>Canvas</span></span> },
  { value: "outline", label: <span className="tool-view"><ListTree size={15} aria-hidden /><span>Outline</span></span> },
];
const ZOOMS = ["fit", "fit-selection", "zoom-100", "zoom-in", "zoom-out", "snap"];
const ALIGNS = ["align-left", "align-centre", "align-right", "align-top", "align-middle", "align-bottom", "distribute-x", "distribute-y"];

export function Toolbar() {
  const { editor, session } = useDesk();
  const view = useStore(session, (state) => state.view);
  const lasso = useUi((ui) => ui.lasso);
  const { past, future } = useStore(editor, (state) => state.history);
  const [back, again] = [past.at(-1)?.name, future.at(-1)?.name];
  return (
    <div className="toolbar" role="toolbar" aria-label="Drawing">
      <Tool id="undo" icon={Undo2} label={back ? `Undo: ${back}` : "Nothing to undo"} disabled={!back} />
      <Tool id="redo" icon={Redo2} label={again ? `Redo: ${again}` : "Nothing to redo"} disabled={!again} />
      <Menu position="bottom-start" shadow="md" width={300} withinPortal>
        <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label="Steps" title="Steps: go back to one"><History size={18} /></ActionIcon></Menu.Target>
        <Menu.Dropdown><HistoryList /></Menu.Dropdown>
      </Menu>
      <span className="tool-line" />
      <SegmentedControl size="xs" aria-label="View" data={VIEWS} value={view} onChange={(next) => session.setState({ view: next as "canvas" | "outline" })} />
      <span className="tool-line" />
      <Tool id="add" icon={Plus} label="Add a node" />
      <Tool id="find" icon={Search} label="Find a node" />
      {view === "canvas" && <Tool id="tidy" icon={Wand2} label="Tidy the drawing" />}
      {view === "canvas" && <Tool id="lasso" icon={LassoSelect} label="Select by dragging" pressed={lasso} wide />}
      {view === "canvas" && <CommandMenu label="Zoom and grid" icon={<ZoomIn size={18} />} ids={ZOOMS} />}
      {view === "canvas" && <CommandMenu label="Align and spread" icon={<Maximize size={18} />} ids={ALIGNS} wide />}
      <span className="tool-space" />
      <Tool id="commands" icon={CommandIcon} label="All commands" wide />
      <Tool id="keys" icon={Keyboard} label="Keys" wide />
    </div>
  );
}

interface ToolProps {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  /** Left out where there is little room: the command palette has it too. */
  readonly wide?: boolean;
}

function Tool({ id, icon, label, disabled = false, pressed, wide = false }: ToolProps) {
  const desk = useDesk();
  const [keys] = command(id).keys;
  return (
    <Tooltip label={keys === undefined ? label : `${label} (${spelledKeys(keys).join(" ")})`}>
      <ActionIcon
        className={wide ? "tool-wide" : ""} variant={pressed ? "light" : "subtle"} color={pressed ? "blue" : "gray"} size="lg" aria-label={label}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })} disabled={disabled} onClick={() => command(id).run(desk)}
      >
        {createElement(icon, { size: 18 })}
      </ActionIcon>
    </Tooltip>
  );
}

function CommandMenu({ label, icon, ids, wide = false }: { readonly label: string; readonly icon: ReactNode; readonly ids: readonly string[]; readonly wide?: boolean }) {
  const desk = useDesk();
  useStore(desk.session, (state) => state.nodes);
  return (
    <Menu position="bottom-start" shadow="md" width={270} withinPortal>
      <Menu.Target><ActionIcon className={wide ? "tool-wide" : ""} variant="subtle" color="gray" size="lg" aria-label={label} title={label}>{icon}</ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {ids.map(command).map((one) => (
          <Menu.Item key={one.id} disabled={!mayRun(desk, one)} onClick={() => one.run(desk)} rightSection={<Keys keys={one.keys[0]} />}>{one.label}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
