/** Letting contacts enter: a segment, a file, or one contact; counted and checked before anything happens. */

import { Alert, Anchor, Button, FileInput, Group, Modal, NumberInput, Progress, Radio, Select, Stack, Tabs, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";

import { request, type Schemas } from "../api/client";
import { useShownTime } from "../frame/useBusinessTime";
import { useChoices } from "../lists/choices";
import { SegmentSelect } from "../lists/SegmentSelect";
import { importsQuery, sendFile } from "../people/requests";
import { addressOf } from "../router";
import type { Campaign } from "../watch/requests";
import { count, people } from "../watch/words";
import { CheckResult, useCheck, type Who } from "./CheckResult";
import { ContactStart } from "./ContactStart";
import { cronInWords, cronOf, instantOf, WEEKDAYS, type Repeats } from "./schedule";

interface StartDialogProps {
  readonly journey: string;
  readonly close: () => void;
}

export function StartDialog({ journey, close }: StartDialogProps) {
  return (
    <Modal opened onClose={close} title="Let contacts enter" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <Tabs defaultValue="segment" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="segment">A segment</Tabs.Tab>
          <Tabs.Tab value="file">A file</Tabs.Tab>
          <Tabs.Tab value="contact">One contact</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="segment"><SegmentStart journey={journey} close={close} /></Tabs.Panel>
        <Tabs.Panel value="file"><FileStart journey={journey} close={close} /></Tabs.Panel>
        <Tabs.Panel value="contact"><ContactStart journey={journey} close={close} /></Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

function SegmentStart({ journey, close }: StartDialogProps) {
  const { none, error } = useChoices("segment", "");
  const [segment, setSegment] = useState("");
  return (
    <Stack>
      {error && <Alert color="red" title="The segments cannot be shown">{error.message}</Alert>}
      <SegmentSelect label="Segment" placeholder="Choose who enters" segment={segment} onSegment={setSegment} nothingFoundMessage="There is no such segment." openOnFocus={false} data-autofocus />
      {none && <Text size="sm">There is no segment yet. <Anchor href={addressOf({ page: "segments" })}>Make one</Anchor>, or bring a file.</Text>}
      <Plan journey={journey} segment={segment || undefined} close={close} once={false} />
    </Stack>
  );
}

interface PlanProps {
  readonly journey: string;
  readonly segment: string | undefined;
  readonly close: () => void;
  /** Whether there is nobody to come in later, so that only a single start makes sense. */
  readonly once: boolean;
}

type When = "now" | "time" | "schedule";

/** When they enter, what would happen, and the button that makes it happen. */
function Plan({ journey, segment, close, once }: PlanProps) {
  const [when, setWhen] = useState<When>("now");
  const [time, setTime] = useState("");
  const [repeats, setRepeats] = useState<Repeats>({ every: "week", at: "09:00", weekday: 1, day: 1 });
  const [mode, setMode] = useState<"snapshot" | "live">("snapshot");
  const [rate, setRate] = useState<number | string>("");
  const who: Who | undefined = segment === undefined ? undefined : { journey, segment };
  const check = useCheck(who);
  const asShown = useShownTime();
  const client = useQueryClient();
  const schedule = cronOf(repeats);
  const startsAt = instantOf(time);
  const start = useMutation({
    mutationFn: () => request<Campaign>("POST", "/campaigns", {
      journey, segment, mode: when === "schedule" ? "snapshot" : mode, name: segment,
      ...(typeof rate === "number" ? { rate } : {}),
      ...(when === "time" ? { starts_at: startsAt } : when === "schedule" ? { schedule } : {}),
    }),
    onSuccess: async () => {
      notifications.show({ color: "green", title: when === "now" ? "Started" : "Planned", message: "How far it gets is shown here while it runs." });
      await Promise.all([client.invalidateQueries({ queryKey: ["campaigns"] }), client.invalidateQueries({ queryKey: ["check"] })]);
      close();
    },
  });
  const ready = segment !== undefined && check.data !== undefined && !check.error && (when === "now" || (when === "time" ? startsAt !== undefined : schedule !== undefined));
  const nobody = when === "now" && mode === "snapshot" && check.data?.enter === 0;
  return (
    <>
      {!once && when !== "schedule" && (
        <Radio.Group label="Who" value={mode} onChange={(value) => setMode(value === "live" ? "live" : "snapshot")}>
          <Stack gap={6} mt={6}>
            <Radio value="snapshot" label="Whoever is in it at the start" />
            <Radio value="live" label="Those, and whoever comes into it later" />
          </Stack>
        </Radio.Group>
      )}
      <Radio.Group label="When" value={when} onChange={(value) => setWhen(value)}>
        <Group mt={6}>
          <Radio value="now" label="Now" />
          <Radio value="time" label="At a time" />
          {!once && <Radio value="schedule" label="On a schedule" />}
        </Group>
      </Radio.Group>
      {when === "time" && <TextInput type="datetime-local" label="Business time" description={`${asShown}, in your time zone.${startsAt ? ` Starts ${new Date(startsAt).toUTCString()}.` : ""}`} value={time} onChange={(event) => setTime(event.currentTarget.value)} />}
      {when === "schedule" && <Schedule repeats={repeats} change={setRepeats} />}
      <NumberInput label="At most so many contacts a second" description="Optional. Empty: as fast as it goes." min={0.1} max={1_000_000} value={rate} onChange={setRate} maw={280} />
      <CheckResult check={check} />
      {start.error && <Alert color="red" title="It did not start">{start.error.message}</Alert>}
      <Group justify="end">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button disabled={!ready || nobody} loading={start.isPending} onClick={() => start.mutate()}>
          {when === "now" ? (check.data ? `Let ${people(check.data.enter)} enter` : "Start") : "Plan it"}
        </Button>
      </Group>
    </>
  );
}

function Schedule({ repeats, change }: { readonly repeats: Repeats; readonly change: (repeats: Repeats) => void }) {
  const cron = cronOf(repeats);
  return (
    <Stack gap={4}>
      <Group align="end">
        <Select label="Every" w={120} allowDeselect={false} value={repeats.every} data={["day", "week", "month"]} onChange={(value) => change({ ...repeats, every: (value ?? "week") })} />
        {repeats.every === "week" && <Select label="On" w={140} allowDeselect={false} value={String(repeats.weekday)} data={WEEKDAYS.map((label, value) => ({ label, value: String(value) }))} onChange={(value) => change({ ...repeats, weekday: Number(value) })} />}
        {repeats.every === "month" && <NumberInput label="On day" w={100} min={1} max={31} value={repeats.day} onChange={(value) => change({ ...repeats, day: Number(value) || 1 })} />}
        <TextInput type="time" label="At" value={repeats.at} onChange={(event) => change({ ...repeats, at: event.currentTarget.value })} />
      </Group>
      <Text size="sm" c="dimmed">{cron ? `${cronInWords(cron)}. Each time is a run of its own; the journey's re-entry rule decides who enters again.` : "Give a time of the day."}</Text>
    </Stack>
  );
}

function FileStart({ journey, close }: StartDialogProps) {
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState(0);
  const send = useMutation({ mutationFn: (what: { readonly file: File; readonly list: string }) => sendFile(what.file, what.list, setSent) });
  const { data } = useQuery({ ...importsQuery, enabled: send.data !== undefined });
  const list = send.variables?.list;
  const read = data?.items.find((one) => one.id === send.data?.id) ?? send.data;
  const listName = (chosen: File): string => `${chosen.name.replace(/\.[^.]*$/, "").slice(0, 150)}, ${new Date().toISOString().slice(0, 19).replace("T", " ")}`;
  return (
    <Stack>
      <FileInput label="CSV file" description="The first line names the columns; one of them is external_id, email or phone. Its rows become contacts, and a list that enters." placeholder="Choose a file" accept=".csv,text/csv,text/plain" value={file} onChange={setFile} leftSection={<FileUp size={16} />} clearable clearButtonProps={{ "aria-label": "Take the file away" }} disabled={send.isPending || read !== undefined} />
      {send.isPending && <Progress value={sent * 100} animated aria-label="The file is being sent" />}
      {send.error && <Alert color="red" title="The file was not taken">{send.error.message}</Alert>}
      {read && <ImportLine one={read} />}
      {read?.state === "done"
        ? <Plan journey={journey} segment={list} close={close} once />
        : (
          <Group justify="end">
            <Button variant="default" onClick={close}>Cancel</Button>
            <Button disabled={!file || read !== undefined} loading={send.isPending} onClick={() => file && send.mutate({ file, list: listName(file) })}>Read the file</Button>
          </Group>
        )}
    </Stack>
  );
}

function ImportLine({ one }: { readonly one: Schemas["ImportOut"] }) {
  if (one.state === "failed") return <Alert color="red" title="The file was not read">{one.error}</Alert>;
  if (one.state !== "done") return <Stack gap={4}><Text size="sm" role="status">Reading: {count(one.lines)} of {count(one.total)} lines</Text><Progress animated value={one.total > 0 ? (one.lines / one.total) * 100 : 0} aria-label="How much of the file is read" /></Stack>;
  return (
    <Alert color={one.rejected > 0 ? "orange" : "green"} title={`${people(one.accepted)} read: ${count(one.created)} new`}>
      {one.rejected > 0 && <>{count(one.rejected)} rows are left out. <Anchor size="sm" href={`/v1/contacts/imports/${one.id}/bad-rows`} download="bad-rows.csv">Download them</Anchor></>}
    </Alert>
  );
}
