/** One node: plain HTML, since five hundred of them are dragged at once. Its shape, colour and icon tell its family. */

import { Handle, Position, useUpdateNodeInternals, type NodeProps } from "@xyflow/react";
import { createElement, memo, useContext, useEffect, useRef, type CSSProperties, type MouseEvent } from "react";

import { askWhat } from "./actions";
import { useNodeDecoration, type NodeCounts, type NodeDecoration } from "./decorations";
import { DeskContext, useUi } from "./desk";
import { iconOf } from "./icons";
import type { CanvasNode, Drawn, DrawnPort } from "./model";

const count = new Intl.NumberFormat("en");

interface PortRowProps extends DrawnPort {
  readonly node: string;
  readonly label: string;
  readonly left: number | undefined;
}

function PortRow({ port, connected, stray, node, label, left }: PortRowProps) {
  const state = stray ? "stray" : connected ? "connected" : port.required ? "open" : "optional";
  const title = stray
    ? `The node has no way out called "${port.key}" any more. Remove the connection.`
    : port.help || (state === "open" ? `"${port.label}" leads nowhere yet. Drag from here to the next node.` : port.label);
  return (
    <div className={`port port-${state}`} title={title}>
      {left !== undefined && <b className="port-left">{count.format(left)}</b>}
      <span>{port.label}</span>
      <Handle type="source" id={port.key} position={Position.Right} />
      {!connected && <AddAtPort node={node} port={port.key} label={`Add a node after ${label}: ${port.label}`} />}
    </div>
  );
}

/** The "+" beside an open port. Nothing where one only looks. */
function AddAtPort({ node, port, label }: { readonly node: string; readonly port: string; readonly label: string }) {
  const desk = useContext(DeskContext);
  if (!desk) return null;
  const ask = (event: MouseEvent): void => {
    event.stopPropagation();
    askWhat(desk, { kind: "port", node, port }, { x: event.clientX, y: event.clientY });
  };
  // The keyboard has "/" for this; another stop at every port would make tabbing through the drawing endless.
  return <button type="button" className="port-add nodrag nopan" tabIndex={-1} aria-label={label} title={label} onClick={ask}>+</button>;
}

export const FlowNodeBox = memo(function FlowNodeBox({ id, data, selected }: NodeProps<CanvasNode>) {
  const decoration = useNodeDecoration(id);
  const end = useUi(({ connecting }) => (!connecting ? "" : connecting.from === id ? "" : connecting.legal.has(id) ? " may-end" : " may-not-end"));
  const left = decoration.counts?.left;
  // Optional ways out that are not used would make every message as tall as a page: they show on the selected node.
  const shown = data.ports.filter(({ port, connected }) => selected || connected || port.required || (left?.[port.key] ?? 0) > 0);
  const hidden = data.ports.length - shown.length;
  useHandlesMeasured(id, shown.map(({ port }) => port.key).join("\n"));
  const mark = decoration.mark ? ` mark-${decoration.mark}` : "";
  const kind = `flow-node family-${data.family}${data.unknown ? " is-unknown" : ""}${selected ? " is-selected" : ""}`;
  return (
    <div className={kind + mark + end} style={{ "--tone": data.colour } as CSSProperties}>
      {!data.start && <Handle type="target" position={Position.Left} id="in" />}
      <Badges decoration={decoration} />
      <Head data={data} />
      <p className="flow-summary">{data.summary}</p>
      {data.node.note && <p className="flow-note" title={data.node.note}>{data.node.note}</p>}
      {decoration.counts && <Counts counts={decoration.counts} />}
      {(shown.length > 0 || hidden > 0) && (
        <div className="flow-ports">
          {shown.map((one) => <PortRow key={one.port.key} {...one} node={id} label={data.label} left={left?.[one.port.key]} />)}
          {hidden > 0 && <div className="port-more">{hidden} more when selected</div>}
        </div>
      )}
    </div>
  );
});

/** React Flow measures handles again where a node's size changes: not where a port gets another name, or another place in the row. */
function useHandlesMeasured(node: string, ports: string): void {
  const measure = useUpdateNodeInternals();
  const measured = useRef(ports);
  useEffect(() => {
    if (measured.current === ports) return;
    measured.current = ports;
    measure(node);
  }, [node, ports, measure]);
}

function Head({ data }: { readonly data: Drawn }) {
  return (
    <div className="flow-head">
      <span className="flow-icon" aria-hidden>{createElement(iconOf(data.icon, data.family), { size: 16 })}</span>
      <span className="flow-words">
        <span className="flow-kind">
          {data.kind}
          {data.newer !== undefined && <span className="flow-old" title={`Version ${String(data.newer)} of this node is there.`}> version {data.node.version}, old</span>}
        </span>
        <span className="flow-label" title={data.label}>{data.label}</span>
      </span>
    </div>
  );
}

const MARKS = { added: "new", removed: "gone", changed: "changed", here: "here", passed: "" } as const;

function Badges({ decoration: { problem, people, mark } }: { readonly decoration: NodeDecoration }) {
  return (
    <>
      {problem && <span className={`flow-problem is-${problem.severity}`} role="img" aria-label={`${problem.severity === "error" ? "Error" : "Warning"}: ${problem.text}`} title={problem.text}>!</span>}
      {mark && MARKS[mark] && <span className="flow-mark">{MARKS[mark]}</span>}
      {people && people.length > 0 && (
        <span className="flow-people">
          {people.map(({ name, colour }) => (
            <span key={name} role="img" aria-label={`${name} is here`} title={`${name} is here`} style={{ background: colour }}>{name.slice(0, 1).toUpperCase()}</span>
          ))}
        </span>
      )}
    </>
  );
}

function Counts({ counts: { entered, here, parked } }: { readonly counts: NodeCounts }) {
  return (
    <div className="flow-counts">
      <span title="Contacts that have come here"><b>{count.format(entered)}</b> entered</span>
      <span className={here > 0 ? "is-here" : ""} title="Contacts that are here now"><b>{count.format(here)}</b> here</span>
      {parked > 0 && <span className="is-parked" title="Stopped here, because a person must act"><b>{count.format(parked)}</b> parked</span>}
    </div>
  );
}
