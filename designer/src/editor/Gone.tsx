/** In place of a journey that somebody has deleted while it was open here: what is in this window can still be kept. */

import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { postJourney } from "../api/queries";
import { addressOf, goTo } from "../router";
import { download } from "./download";
import { useEditorRoom } from "./room";

export function Gone() {
  const { editor } = useEditorRoom();
  const { document } = editor.getState().history;
  const client = useQueryClient();
  const title = useRef<HTMLHeadingElement>(null);
  // What had the focus is gone with the drawing.
  useEffect(() => title.current?.focus(), []);
  const keep = useMutation({
    mutationFn: () => postJourney(document),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["journeys"] });
      goTo({ page: "journey", journey: id, mode: "draw" });
    },
  });
  return (
    <Stack p="lg" maw={640} mx="auto">
      <Title order={1} size="h3" ref={title} tabIndex={-1} style={{ outline: "none", overflowWrap: "anywhere" }}>“{document.name || "Without a name"}” was deleted</Title>
      <div role="alert">
        <Text>Somebody deleted this journey while you had it open. What was drawn is still in this window: keep it as a new journey or as a file, or leave it.</Text>
      </div>
      {keep.error && <Alert color="red" title="It is not kept">{keep.error.message}</Alert>}
      <Group>
        <Button loading={keep.isPending} onClick={() => keep.mutate()}>Keep it as a new journey</Button>
        <Button variant="default" onClick={() => download(document)}>Export as JSON</Button>
        <Button variant="subtle" component="a" href={addressOf({ page: "journeys" })}>To the journeys</Button>
      </Group>
    </Stack>
  );
}
