/** A contact made, or its profile and attributes changed. */

import { ActionIcon, Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { request } from "../api/client";
import type { ContactDetail } from "./requests";
import { typedValue, valueOf } from "./words";

const FIELDS = [
  ["email", "Email", "mario@example.com"],
  ["phone", "Phone", "+39 320 000 0001"],
  ["first_name", "First name", ""],
  ["last_name", "Last name", ""],
  ["timezone", "Time zone", "Europe/Rome"],
  ["locale", "Language", "it-IT"],
] as const;

interface Attribute {
  readonly key: number;
  readonly name: string;
  readonly value: string;
}

interface ContactFormProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly contact?: ContactDetail;
  readonly saved: (contact: ContactDetail) => void;
}

export function ContactForm({ opened, close, contact, saved }: ContactFormProps) {
  return (
    <Modal opened={opened} onClose={close} title={contact ? "Edit the profile" : "New contact"} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <Fields close={close} saved={saved} {...(contact ? { contact } : {})} />
    </Modal>
  );
}

function Fields({ close, contact, saved }: Omit<ContactFormProps, "opened">) {
  const client = useQueryClient();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries([...FIELDS.map(([name]) => [name, contact?.[name] ?? ""]), ["external_id", ""]]) as Record<string, string>);
  const [attributes, setAttributes] = useState<readonly Attribute[]>(() => Object.entries(contact?.attributes ?? {}).map(([name, value], key) => ({ key, name, value: valueOf(value) })));
  const save = useMutation({
    mutationFn: () => {
      const said = saidOf(values, attributes, contact);
      return contact ? request<ContactDetail>("PATCH", `/contacts/${contact.id}`, said) : request<ContactDetail>("POST", "/contacts", said);
    },
    onSuccess: async (written) => {
      await client.invalidateQueries({ queryKey: ["contacts"] });
      client.setQueryData(["contact", written.id], written);
      saved(written);
      close();
    },
  });
  const change = (key: number, what: Partial<Attribute>): void => setAttributes(attributes.map((one) => (one.key === key ? { ...one, ...what } : one)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        {!contact && <TextInput label="Id in your shop" description="By which your shop knows the contact. An id, an email or a phone is enough." value={values["external_id"] ?? ""} onChange={(event) => setValues({ ...values, external_id: event.currentTarget.value })} />}
        <Group grow preventGrowOverflow={false} wrap="wrap">
          {FIELDS.map(([name, label, placeholder]) => (
            <TextInput key={name} label={label} placeholder={placeholder} miw={200} value={values[name] ?? ""} onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })} />
          ))}
        </Group>
        <Text fw={500} size="sm">Attributes</Text>
        {attributes.map((one) => (
          <Group key={one.key} gap="xs" wrap="nowrap">
            <TextInput aria-label="Attribute's name" placeholder="name" value={one.name} onChange={(event) => change(one.key, { name: event.currentTarget.value })} style={{ flex: 1 }} />
            <TextInput aria-label={`Value of ${one.name || "the attribute"}`} placeholder="value" value={one.value} onChange={(event) => change(one.key, { value: event.currentTarget.value })} style={{ flex: 2 }} />
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Take ${one.name || "the attribute"} away`} onClick={() => setAttributes(attributes.filter((other) => other.key !== one.key))}><Trash2 size={16} /></ActionIcon>
          </Group>
        ))}
        <Button variant="subtle" size="xs" w="fit-content" leftSection={<Plus size={14} />} onClick={() => setAttributes([...attributes, { key: Math.max(-1, ...attributes.map((one) => one.key)) + 1, name: "", value: "" }])}>Add an attribute</Button>
        {save.error && <Alert color="red" title="It was not saved">{save.error.message}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button type="submit" loading={save.isPending}>Save</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the form says: filled fields, changed attributes, and those that were taken away as null. */
function saidOf(values: Readonly<Record<string, string>>, attributes: readonly Attribute[], contact: ContactDetail | undefined): Record<string, unknown> {
  const fields = Object.entries(values).filter(([, value]) => value.trim());
  const known = contact?.attributes ?? {};
  const kept = attributes.filter((one) => one.name.trim()).map((one): [string, string] => [one.name.trim(), one.value]);
  const names = new Set(kept.map(([name]) => name));
  const gone = Object.keys(known).filter((name) => !names.has(name)).map((name): [string, unknown] => [name, null]);
  // What nobody touched keeps its type: a code like "12" stays text.
  const changed = kept.filter(([name, text]) => !(name in known) || valueOf(known[name]) !== text).map(([name, text]): [string, unknown] => [name, typedValue(text)]);
  return { ...Object.fromEntries(fields), attributes: Object.fromEntries([...changed, ...gone]) };
}
