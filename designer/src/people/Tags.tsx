/** A contact's tags: seen, added, taken away. Journeys that wait for a tag hear of it. */

import { Alert, Button, Group, Pill, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request } from "../api/client";
import type { ContactDetail } from "./requests";
import { preciseMoment } from "./words";

export function Tags({ contact }: { readonly contact: ContactDetail }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ tag, method }: { readonly tag: string; readonly method: "PUT" | "DELETE" }) => request(method, `/contacts/${contact.id}/tags/${encodeURIComponent(tag)}`),
    onSuccess: () => {
      setName("");
      void client.invalidateQueries({ queryKey: ["timeline", contact.id] });
      return client.invalidateQueries({ queryKey: ["contact", contact.id] });
    },
  });
  return (
    <Stack gap="xs">
      {contact.tags.length === 0 && <Text size="sm" c="dimmed">No tags.</Text>}
      <Group gap={6}>
        {contact.tags.map((tag) => (
          <Pill key={tag.name} withRemoveButton title={`Since ${preciseMoment(tag.at)}`} removeButtonProps={{ "aria-label": `Take ${tag.name} away`, tabIndex: 0, "aria-hidden": false }} onRemove={() => change.mutate({ tag: tag.name, method: "DELETE" })}>{tag.name}</Pill>
        ))}
      </Group>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) change.mutate({ tag: name.trim(), method: "PUT" });
        }}
      >
        <Group gap="xs" wrap="nowrap">
          <TextInput size="xs" aria-label="A new tag" placeholder="New tag" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} style={{ flex: 1 }} />
          <Button size="xs" variant="light" type="submit" disabled={!name.trim()} loading={change.isPending}>Add</Button>
        </Group>
      </form>
      {change.error && <Alert color="red" p="xs">{change.error.message}</Alert>}
    </Stack>
  );
}
