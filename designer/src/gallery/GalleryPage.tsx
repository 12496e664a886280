/** The example journeys, each with its story and picture, ready to become a journey of one's own. */

import { Alert, Anchor, Button, Card, Checkbox, Code, Group, Modal, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";

import { request, type Schemas } from "../api/client";
import { postJourney } from "../api/queries";
import { readDocument } from "../graph/document";
import { addressOf, goTo } from "../router";
import { partsOf, type Span } from "./story";

type Example = Schemas["ExampleOut"];
type Detail = Schemas["ExampleDetail"];

export function GalleryPage() {
  const { data, error } = useQuery({ queryKey: ["examples"], queryFn: () => request<Schemas["Examples"]>("GET", "/examples"), staleTime: Infinity });
  const [using, setUsing] = useState<Example>();
  return (
    <Stack p="lg" maw={1200} mx="auto">
      <Anchor href={addressOf({ page: "journeys" })} size="sm"><Group gap={4}><ArrowLeft size={14} aria-hidden />Journeys</Group></Anchor>
      <Title order={1} size="h2">Begin with an example</Title>
      <Text c="dimmed">Each becomes a journey of your own that can be published as it is, and changed in every part.</Text>
      {error && <Alert color="red" title="The examples cannot be shown">{error.message}</Alert>}
      {!data && !error && <Skeleton height={300} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">{data?.items.map((one) => <ExampleCard key={one.name} one={one} use={() => setUsing(one)} />)}</SimpleGrid>
      {using && <UseDialog example={using} close={() => setUsing(undefined)} />}
    </Stack>
  );
}

function ExampleCard({ one, use }: { readonly one: Example; readonly use: () => void }) {
  return (
    <Card withBorder radius="md" padding="md" component="article" aria-label={one.title}>
      {one.picture && <Card.Section bg="white" p="sm"><img src={`/v1/examples/${one.name}/picture`} alt={`Drawing of “${one.title}”`} style={{ display: "block", width: "100%", height: 190, objectFit: "contain" }} loading="lazy" /></Card.Section>}
      <Stack gap="xs" mt="sm" style={{ flex: 1 }}>
        <Title order={2} size="h4">{one.title}</Title>
        <Text size="xs" c="dimmed">Journey “{one.journey}”, {one.nodes} nodes</Text>
        <Story story={one.story} />
        <Group mt="auto" pt="xs"><Button onClick={use} aria-label={`Use this: ${one.title}`}>Use this</Button></Group>
      </Stack>
    </Card>
  );
}

function Story({ story }: { readonly story: string }) {
  return (
    <>
      {partsOf(story).map((part, at) => part.kind === "paragraph"
        ? <Text key={at} size="sm"><Spans spans={part.spans} /></Text>
        : <ul key={at} style={{ margin: 0, paddingLeft: 20 }}>{part.items.map((item, number) => <li key={number}><Text size="sm"><Spans spans={item} /></Text></li>)}</ul>)}
    </>
  );
}

function Spans({ spans }: { readonly spans: readonly Span[] }) {
  return <>{spans.map(({ kind, text }, at) => kind === "strong" ? <b key={at}>{text}</b> : kind === "code" ? <Code key={at}>{text}</Code> : <span key={at}>{text}</span>)}</>;
}

function UseDialog({ example, close }: { readonly example: Example; readonly close: () => void }) {
  const { data, error } = useQuery({ queryKey: ["example", example.name], queryFn: () => request<Detail>("GET", `/examples/${example.name}`), staleTime: 0 });
  const [making, setMaking] = useState(true);
  const client = useQueryClient();
  const missing = data?.segments.filter((one) => !one.exists) ?? [];
  const use = useMutation({
    mutationFn: async (detail: Detail) => {
      if (making) for (const { name, condition } of missing) await request("POST", "/segments", { name, ...(condition ? { condition } : {}) });
      return postJourney(readDocument(detail.document));
    },
    onSuccess: async ({ id }) => {
      await Promise.all([client.invalidateQueries({ queryKey: ["journeys"] }), client.invalidateQueries({ queryKey: ["segments"] })]);
      goTo({ page: "journey", journey: id, mode: "draw" });
    },
  });
  const problem = error ?? use.error;
  return (
    <Modal opened onClose={close} title={`Use “${example.title}”?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">A journey called “{example.journey}” is made, with all of its messages; where there is one of this name, a number is added. Nothing is sent before you publish and start it.</Text>
        {missing.length > 0 && (
          <Checkbox
            checked={making}
            onChange={(event) => setMaking(event.currentTarget.checked)}
            label={missing.length === 1 ? `Make the segment “${missing[0]?.name ?? ""}”, too` : `Make its ${String(missing.length)} segments, too`}
            description={missing.some((one) => one.condition) ? "It is for those of a certain kind: the segment comes with its condition." : "The journey names it. It begins empty."}
          />
        )}
        {problem && <Alert color="red" title="That did not work">{problem.message}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button disabled={!data} loading={use.isPending} onClick={() => data && use.mutate(data)}>Make the journey</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
