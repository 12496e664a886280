/** A new segment: by a condition, with whom it would take in; by a tag; or a list to put people into. */

import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request } from "../api/client";
import { describeCondition } from "../graph/conditionWords";
import type { Json } from "../graph/document";
import { ConditionEditor } from "../inspector/condition/ConditionEditor";
import { useVocabulary } from "../inspector/vocabulary";
import { nameOf } from "../people/words";
import { previewQuery, type SegmentDetail } from "./requests";

const KINDS = [{ value: "condition", label: "By a condition" }, { value: "tag", label: "By a tag" }, { value: "list", label: "A list" }];
const SHOWN = 5;

interface NewSegmentProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly made: (segment: string) => void;
}

export function NewSegment({ opened, close, made }: NewSegmentProps) {
  return (
    <Modal opened={opened} onClose={close} size="xl" title="New segment" closeButtonProps={{ "aria-label": "Close" }}>
      <Form close={close} made={made} />
    </Modal>
  );
}

function Form({ close, made }: Omit<NewSegmentProps, "opened">) {
  const client = useQueryClient();
  const vocabulary = useVocabulary();
  const [name, setName] = useState("");
  const [kind, setKind] = useState("condition");
  const [tag, setTag] = useState("");
  const [condition, setCondition] = useState<Json | undefined>();
  const rule = ruleOf(kind, tag, condition);
  const create = useMutation({
    mutationFn: () => request<SegmentDetail>("POST", "/segments", { name: name.trim(), ...rule }),
    onSuccess: async (segment) => {
      await client.invalidateQueries({ queryKey: ["segments"] });
      close();
      made(segment.id);
    },
  });
  const ready = name.trim() !== "" && (kind === "list" || rule !== null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) create.mutate();
      }}
    >
      <Stack>
        <TextInput label="Name" value={name} maxLength={200} required data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
        <SegmentedControl aria-label="What decides who is in it" data={KINDS} value={kind} onChange={setKind} />
        {kind === "condition" && <ConditionEditor value={condition} onChange={setCondition} vocabulary={vocabulary} about="contact" label="Who is in it" />}
        {kind === "tag" && <TextInput label="Tag" description="Whoever carries it is in the segment." value={tag} onChange={(event) => setTag(event.currentTarget.value)} />}
        {kind === "list" && <Text size="sm" c="dimmed">You put people in one by one, or import a file of contacts into it.</Text>}
        {rule !== null && <Whom rule={rule} />}
        {create.error && <Alert color="red" title="It was not made">{create.error.message}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button type="submit" disabled={!ready} loading={create.isPending}>Make it</Button>
        </Group>
      </Stack>
    </form>
  );
}

function ruleOf(kind: string, tag: string, condition: Json | undefined): Readonly<Record<string, unknown>> | null {
  if (kind === "tag") return tag.trim() ? { tag: tag.trim() } : null;
  return kind === "condition" && describeCondition(condition) !== undefined ? { condition } : null;
}

/** Whom the rule takes in now, as it is typed. */
function Whom({ rule }: { readonly rule: Readonly<Record<string, unknown>> }) {
  const [asked] = useDebouncedValue(rule, 300);
  const { data, error } = useQuery(previewQuery(asked));
  if (error) return <Alert color="orange" p="xs">{error.message}</Alert>;
  if (!data) return <Text size="sm" c="dimmed">Counting…</Text>;
  const some = data.members.slice(0, SHOWN).map(nameOf).join(", ");
  return <Text size="sm" role="status"><b>{data.count === 1 ? "1 contact" : `${String(data.count)} contacts`}</b> now{some && `: ${some}${data.count > SHOWN ? " …" : ""}`}</Text>;
}
