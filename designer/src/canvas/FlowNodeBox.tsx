/** One node: plain HTML, since five hundred of them are dragged at once. Its shape, colour and icon tell its family. */

import { Handle, Position, type NodeProps } from "@xyflow/react";
import { createElement, memo, type CSSProperties } from "react";

import { iconOf } from "./icons";
import type { CanvasNode, DrawnPort } from "./model";

function PortRow({ port, connected, stray }: DrawnPort) {
  const state = stray ? "stray" : connected ? "connected" : port.required ? "open" : "optional";
  const title = stray
    ? `The node has no way out called "${port.key}" any more. Remove the connection.`
    : port.help || (state === "open" ? `"${port.label}" leads nowhere yet. Drag from here to the next node.` : port.label);
  return (
    <div className={`port port-${state}`} title={title}>
      <span>{port.label}</span>
      <Handle type="source" id={port.key} position={Position.Right} />
    </div>
  );
}

export const FlowNodeBox = memo(function FlowNodeBox({ data, selected }: NodeProps<CanvasNode>) {
  // Optional ways out that are not used would make every message as tall as a page: they show on the selected node.
  const shown = data.ports.filter(({ port, connected }) => selected || connected || port.required);
  const hidden = data.ports.length - shown.length;
  return (
    <div className={`flow-node family-${data.family}${selected ? " is-selected" : ""}`} style={{ "--tone": data.colour } as CSSProperties}>
      {!data.start && <Handle type="target" position={Position.Left} id="in" />}
      <div className="flow-head">
        <span className="flow-icon" aria-hidden>
          {createElement(iconOf(data.icon, data.family), { size: 16 })}
        </span>
        <span className="flow-words">
          <span className="flow-kind">{data.kind}</span>
          <span className="flow-label">{data.label}</span>
        </span>
      </div>
      <p className="flow-summary">{data.summary}</p>
      {data.node.note && <p className="flow-note" title={data.node.note}>{data.node.note}</p>}
      {shown.length > 0 && (
        <div className="flow-ports">
          {shown.map((one) => (
            <PortRow key={one.port.key} {...one} />
          ))}
          {hidden > 0 && <div className="port-more">{hidden} more when selected</div>}
        </div>
      )}
    </div>
  );
});
