/** Where a clicked link led: the page itself is the shop's. What its visitor does there is told as the shop would tell it. */

import { Alert, Badge, Button, Code, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Globe, ShoppingBag } from "lucide-react";
import { useState } from "react";

import { contactQuery } from "../people/requests";
import { nameOf } from "../people/words";
import { destinationOf, orderOf } from "./links";
import { did } from "./requests";

interface AfterClickProps {
  readonly url: string;
  readonly contact: string;
  readonly close: () => void;
}

const FIRST_TOTAL = 64;

export function AfterClick({ url, contact, close }: AfterClickProps) {
  const { data, error } = useQuery(contactQuery(contact));
  const client = useQueryClient();
  const [total, setTotal] = useState<number | string>(FIRST_TOTAL);
  const [done, setDone] = useState<readonly string[]>([]);
  const destination = destinationOf(url);
  const refresh = (): void => {
    for (const key of ["tour", "timeline", "enrolments", "contact"]) void client.invalidateQueries({ queryKey: [key] });
  };
  const go = useMutation({
    mutationFn: async (what: "visits" | "buys") => {
      if (!data) return;
      if (what === "visits") await did(data, "landing.visited", { url, path: new URL(url).pathname });
      else await did(data, "Order Completed", orderOf(destination, Number(total), crypto.randomUUID()));
      setDone([...done, what]);
    },
    onSuccess: refresh,
  });
  const name = data ? nameOf(data).split(" ")[0] ?? "" : "…";
  return (
    <Modal opened onClose={close} title={`${name} has clicked`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">The click is recorded, and the journey has heard of it. The link leads to your shop:</Text>
        <Code block>{url}</Code>
        <Group gap="xs">
          {destination.product && <Badge variant="light" tt="none">Product {destination.product}</Badge>}
          {destination.coupon && <Badge variant="light" color="grape" tt="none">Code {destination.coupon}</Badge>}
        </Group>
        <Text size="sm" c="dimmed">There is no shop behind it here. Say what {name} does there, and Wend is told as a shop's page would tell it:</Text>
        <Button leftSection={done.includes("visits") ? <Check size={16} /> : <Globe size={16} />} variant={done.includes("visits") ? "light" : "filled"} loading={go.isPending && go.variables === "visits"} disabled={!data} onClick={() => go.mutate("visits")}>{name} visits the page</Button>
        <Group align="flex-end" wrap="nowrap">
          <Button style={{ flex: 1 }} leftSection={done.includes("buys") ? <Check size={16} /> : <ShoppingBag size={16} />} variant={done.includes("buys") ? "light" : "default"} loading={go.isPending && go.variables === "buys"} disabled={!data || Number(total) < 0} onClick={() => go.mutate("buys")}>{name} buys</Button>
          <NumberInput w={130} label="For how much" prefix="€ " min={0} decimalScale={2} fixedDecimalScale value={total} onChange={setTotal} />
        </Group>
        {(go.error ?? error) && <Alert color="red" title="That was not recorded">{(go.error ?? error)?.message}</Alert>}
        <div role="status">{done.length > 0 && <Text size="sm">Recorded: {name} {done.join(", then ")}.</Text>}</div>
      </Stack>
    </Modal>
  );
}
