/** How the sandbox accounts fail: for whoever wants to see what a journey makes of a provider that is not well. */

import { Alert, Button, Collapse, Group, Paper, Select, Stack, Switch, Text, Title, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";

import { request } from "../api/client";
import { behaviourOf, failingOf, FAULTS, type Failing } from "./behaviour";
import { accountsQuery, type Account } from "./requests";

const HOW = [
  { value: "first", label: "the first try of each message" },
  { value: "always", label: "every try" },
  { value: "50", label: "half of the tries" },
  { value: "10", label: "one try in ten" },
];

export function AccountSwitches() {
  const [opened, panel] = useDisclosure(false);
  const { data, error } = useQuery({ ...accountsQuery, enabled: opened });
  return (
    <Paper withBorder radius="md" p="md" component="section" aria-label="How the sandbox accounts fail">
      <UnstyledButton onClick={panel.toggle} aria-expanded={opened} w="100%">
        <Group gap="xs">
          {opened ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
          <Title order={2} size="h5">Make the accounts fail</Title>
          <Text size="sm" c="dimmed">for operators: what does a journey make of a provider that is not well?</Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened}>
        <Stack mt="md">
          {error && <Alert color="red">{error.message}</Alert>}
          {data?.filter((one) => one.provider === "sandbox").map((one) => <AccountRow key={one.name} account={one} />)}
        </Stack>
      </Collapse>
    </Paper>
  );
}

function AccountRow({ account }: { readonly account: Account }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (what: Partial<Pick<Account, "stopped" | "behaviour">> & { readonly repaired?: true }) => request<Account>("PATCH", `/accounts/${encodeURIComponent(account.name)}`, what),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  const failing = failingOf(account.behaviour);
  const set = (next: Failing | null): void => change.mutate({ behaviour: behaviourOf(next) });
  return (
    <Group gap="sm" align="center">
      <Text fw={600} size="sm" w={140}>{account.name}</Text>
      <Select aria-label={`How ${account.name} fails`} placeholder={failing === undefined ? "In a way of its own" : "It is well"} size="xs" w={230} clearable clearButtonProps={{ "aria-label": `Let ${account.name} be well` }} data={FAULTS.map(([value, label]) => ({ value, label }))} value={failing?.fault ?? null} onChange={(fault) => set(fault === null ? null : { fault: fault, how: failing?.how ?? "first" })} />
      {failing && <Select aria-label={`How often ${account.name} fails`} size="xs" w={210} data={HOW} allowDeselect={false} value={String(failing.how)} onChange={(how) => how !== null && set({ fault: failing.fault, how: how === "first" || how === "always" ? how : Number(how) })} />}
      <Switch label="Sends" checked={!account.stopped} onChange={(event) => change.mutate({ stopped: !event.currentTarget.checked })} />
      {account.broken && (
        <Group gap="xs">
          <Text size="sm" c="red">{account.words}</Text>
          <Button size="compact-xs" variant="light" onClick={() => change.mutate({ repaired: true })}>It is mended</Button>
        </Group>
      )}
      {change.error && <Text size="sm" c="red" role="alert">{change.error.message}</Text>}
    </Group>
  );
}
