/** All keys, by what they are for: made from the table of commands. */

import { Modal } from "@mantine/core";
import { Fragment } from "react";

import { GROUPS } from "./commands/command";
import { COMMANDS } from "./commands/table";
import { Keys } from "./Keys";

/** What hands and the outline do, and no command stands for. */
const BESIDES: readonly (readonly [string, string])[] = [
  ["Shift and drag", "Select what a frame touches"],
  ["Ctrl and click", "Select one more, or one less"],
  ["Drag from a port into the void", "Add a node there, connected"],
  ["Drag a loose node onto a connection", "Put it between"],
  ["Right click", "What can be done here"],
];

export function KeysSheet({ close }: { readonly close: () => void }) {
  return (
    <Modal opened onClose={close} title="Keys" size="xl" closeButtonProps={{ "aria-label": "Close" }}>
      <div className="keys-sheet">
        {GROUPS.map((group) => {
          const commands = COMMANDS.filter((one) => one.group === group && one.keys.length > 0);
          if (commands.length === 0) return null;
          return (
            <section key={group} aria-label={group}>
              <h2>{group}</h2>
              <dl>
                {commands.map((one) => (
                  <Fragment key={one.id}>
                    <dt>{one.label}</dt>
                    <dd>{one.keys.map((keys, at) => <Fragment key={keys}>{at > 0 && " or "}<Keys keys={keys} /></Fragment>)}</dd>
                  </Fragment>
                ))}
              </dl>
            </section>
          );
        })}
        <section aria-label="By hand">
          <h2>By hand</h2>
          <dl>{BESIDES.map(([how, what]) => <Fragment key={how}><dt>{what}</dt><dd>{how}</dd></Fragment>)}</dl>
        </section>
      </div>
    </Modal>
  );
}
