/** The journey as a nested list with its numbers: for phones, and for whoever does not see the drawing. */

import { Text, UnstyledButton } from "@mantine/core";

import type { Numbers } from "../api/client";
import type { Flowchart } from "../graph/document";
import type { Catalog } from "../graph/manifest";
import { outline, type OutlineItem } from "../graph/outline";
import { labelOf } from "../graph/ports";
import { nodeCounts } from "./overlay";
import type { Standing } from "./PeopleDrawer";
import { count } from "./words";

interface NumbersListProps {
  readonly document: Flowchart;
  readonly catalog: Catalog;
  readonly numbers: Numbers | undefined;
  readonly open: (node: string, standing: Standing) => void;
  readonly openPort: (node: string, port: string) => void;
}

export function NumbersList(props: NumbersListProps) {
  return <div className="numbers-list">{outline(props.document, props.catalog).map((steps, at) => <Steps key={at} steps={steps} {...props} />)}</div>;
}

function Steps({ steps, ...props }: NumbersListProps & { readonly steps: readonly OutlineItem[] }) {
  const { document, catalog, numbers } = props;
  const counts = numbers ? nodeCounts(document, numbers) : {};
  return (
    <ol className="numbers-steps">
      {steps.map((item) => {
        const node = document.nodes[item.node];
        if (!node) return null;
        const label = labelOf(node, catalog);
        if (item.again) return <li key={`${item.node} again`}><Text size="sm" c="dimmed" py={6}>Goes on at “{label}”</Text></li>;
        const { entered = 0, here = 0, parked = 0, left = {} } = counts[item.node] ?? {};
        return (
          <li key={item.node}>
            <div className="numbers-node">
              <div style={{ minWidth: 0 }}>
                <Text size="xs" c="dimmed">{catalog.get(node.type, node.version)?.label ?? node.type}</Text>
                <Text fw={600}>{label}</Text>
              </div>
              <div className="numbers-figures">
                <Figure value={entered} label="entered" />
                <UnstyledButton onClick={() => props.open(item.node, "here")} aria-label={`${label}: ${count(here)} here now. Show them.`}><Figure value={here} label="here" link /></UnstyledButton>
                {parked > 0 && <UnstyledButton onClick={() => props.open(item.node, "parked")} aria-label={`${label}: ${count(parked)} parked. Show them.`}><Figure value={parked} label="parked" link red /></UnstyledButton>}
              </div>
            </div>
            {item.branches.map((branch) => (
              <div key={branch.port}>
                <button type="button" className="numbers-port" onClick={() => props.openPort(item.node, branch.port)}><b>{count(left[branch.port] ?? 0)}</b> <span>{branch.label}</span></button>
                <Steps {...props} steps={branch.steps} />
              </div>
            ))}
          </li>
        );
      })}
    </ol>
  );
}

function Figure({ value, label, link = false, red = false }: { readonly value: number; readonly label: string; readonly link?: boolean; readonly red?: boolean }) {
  return (
    <span>
      <Text span display="block" fw={700} lh={1.2} {...(red ? { c: "red" } : {})} td={link && value > 0 ? "underline" : "none"}>{count(value)}</Text>
      <Text span size="xs" c="dimmed">{label}</Text>
    </span>
  );
}
