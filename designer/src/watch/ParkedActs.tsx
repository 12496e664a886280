/** What a person may do about one contact who is parked: a retry at once, and whatever else there is in a dialog. */

import { Alert, Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";

import { request, type Schemas } from "../api/client";
import { causesOf, placesOf, whomOf, type Parked } from "./outcome";
import { ReplayDialog } from "./ReplayDialog";
import { RETRY, useReplay } from "./useReplay";

type Enrolment = Schemas["EnrolmentOut"];

const parkedOf = (one: Enrolment): Parked => ({ address: `/enrolments/${one.id}`, name: one.contact_name, at: one.parked, count: one.parked.length });

/** Why one contact is parked, and the buttons. `more` opens the dialog, which belongs to the list: it outlives this line. */
export function ParkedActs({ one, more }: { readonly one: Enrolment; readonly more: () => void }) {
  const retry = useReplay();
  if (one.parked.length === 0) return null;
  const parked = parkedOf(one);
  const act = (): void => retry.mutate({ parked, wanted: RETRY }, {
    onError: (error) => notifications.show({ color: "red", title: `${one.contact_name} at ${placesOf(parked)}: not tried again`, message: error.message }),
  });
  return (
    <Stack gap={4}>
      {causesOf(parked).map((cause) => <Text key={cause} size="sm">{cause}</Text>)}
      <Group gap={4}>
        <Button size="compact-sm" variant="light" aria-label={`Retry ${whomOf(parked, parked.count)} at ${placesOf(parked)}`} loading={retry.isPending} onClick={act}>Retry</Button>
        <Button size="compact-sm" variant="subtle" aria-label={`More for ${one.contact_name} at ${placesOf(parked)}`} onClick={more}>More…</Button>
      </Group>
    </Stack>
  );
}

/** Whatever else than a retry may become of one who is parked: asked first, as the list does not tell it. */
export function OtherWays({ one, close }: { readonly one: Enrolment; readonly close: () => void }) {
  const address = `/enrolments/${one.id}`;
  const { data, error, isFetching, refetch } = useQuery({ queryKey: ["enrolment", one.id], queryFn: () => request<Schemas["EnrolmentDetail"]>("GET", address), gcTime: 0, refetchOnWindowFocus: false });
  const title = `What becomes of ${one.contact_name} at ${placesOf({ at: one.parked })}?`;
  if (data && data.parked.length > 0) return <ReplayDialog parked={parkedOf(data)} ways={data.ways} undecided={data.undecided} close={close} />;
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        {!data && !error && <Loader size="sm" aria-label="The ways are loading" />}
        {error && <Alert color="red" title={`It cannot be read what may become of ${one.contact_name}`}>{error.message}</Alert>}
        {data && <Alert color="orange" title={`${one.contact_name} is not parked any more`}>{data.ended_at ? `Ended with “${data.result ?? ""}”.` : `Has gone on, and is at “${data.label}” now.`} There is nothing left to do here.</Alert>}
        <Group justify="end">
          {error && <Button loading={isFetching} onClick={() => void refetch()}>Ask again</Button>}
          <Button variant="default" onClick={close}>Close</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
