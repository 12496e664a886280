/** What becomes of whoever is parked: the node is tried again, it is sent again, they leave by a port, or they end. */

import { Alert, Button, Checkbox, Group, Modal, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { causesOf, placesOf, whomOf, type How, type Parked, type Wanted } from "./outcome";
import { RETRY, useReplay } from "./useReplay";

interface ReplayDialogProps {
  readonly parked: Parked;
  /** The ports by which they may leave. */
  readonly ways: readonly string[];
  /** Whether it is not known if something went out, or it was cancelled. */
  readonly undecided: boolean;
  readonly close: () => void;
}

export function ReplayDialog({ parked, ways, undecided, close }: ReplayDialogProps) {
  const [wanted, setWanted] = useState<Wanted>(RETRY);
  const replay = useReplay(close);
  const whom = whomOf(parked, parked.count);
  const choose = (how: How) => setWanted({ ...RETRY, how });
  const ready = (wanted.how !== "leave" || wanted.port !== "") && (wanted.how !== "exit" || wanted.result.trim() !== "");
  return (
    <Modal opened onClose={close} title={`What becomes of ${whom} at ${placesOf(parked)}?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        {causesOf(parked).map((cause) => <Text key={cause} size="sm">{cause}</Text>)}
        <Radio.Group aria-label="What becomes of them" value={wanted.how} onChange={(how) => choose(how)}>
          <Stack gap="xs">
            <Radio value="retry" label="Retry" description={`They try ${placesOf(parked)} again. Nothing that went out goes out twice; whoever meets the same cause is parked again.`} />
            {undecided && <Radio value="send again" label="Send again" description="As a message of its own. If the first one did go out, it arrives twice." />}
            {ways.length > 0 && <Radio value="leave" label="Leave by a port" description="They go on from here, and the node does not run." />}
            <Radio value="exit" label="End" description="They end here, with all their parallel paths." />
          </Stack>
        </Radio.Group>
        {wanted.how === "leave" && <Select label="Port" data={[...ways]} value={wanted.port || null} onChange={(port) => setWanted({ ...wanted, port: port ?? "" })} />}
        {wanted.how === "exit" && <TextInput label="Result" description="The name with which they end." maxLength={200} value={wanted.result} onChange={(event) => setWanted({ ...wanted, result: event.currentTarget.value })} />}
        {(wanted.how === "retry" || wanted.how === "send again") && (
          <Checkbox label="On the newest version, with its templates and settings" description="Where that version still has this node." checked={wanted.newest} onChange={(event) => setWanted({ ...wanted, newest: event.currentTarget.checked })} />
        )}
        {replay.error && <Alert color="red" title={`Nothing was done with ${whom}`}><Text size="sm">{replay.error.message}</Text></Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button loading={replay.isPending} disabled={!ready} onClick={() => replay.mutate({ parked, wanted })}>{wordOf(wanted.how)} {whom}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function wordOf(how: How): string {
  if (how === "leave") return "Let go on:";
  if (how === "exit") return "End";
  return how === "retry" ? "Retry" : "Send again to";
}
