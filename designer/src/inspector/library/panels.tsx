/** The templates and promotions that this journey can use: its own, and the library's. */

import { ActionIcon, Alert, Badge, Button, Group, Menu, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { BookUp, Copy, EllipsisVertical, Plus, Search, Trash2 } from "lucide-react";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useStore } from "zustand";

import { request } from "../../api/client";
import { useEditorRoom } from "../../editor/room";
import * as commands from "../../graph/commands";
import type { Channel, Promotion, Template } from "../../graph/document";
import { EndOfList } from "../../lists/EndOfList";
import { libraryPromotionsQuery, libraryTemplatesQuery } from "../vocabulary";
import { freshName, makePromotion, makeTemplate, openPart, type PartKind } from "./parts";
import { usersOf } from "./users";

const CHANNELS: readonly { readonly value: Channel; readonly label: string }[] = [{ value: "email", label: "Email" }, { value: "sms", label: "SMS" }, { value: "push", label: "Push" }];

export function TemplatesPanel() {
  const { editor, session } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const make = (channel: Channel): void => {
    const made = makeTemplate(editor.getState().history.document, channel);
    editor.getState().record(`Make template ${made.name}`, made.patch);
    openPart(session, "template", made.name);
  };
  return (
    <Stack gap="md" p="md">
      <Menu position="bottom-start">
        <Menu.Target><Button variant="light" size="xs" leftSection={<Plus size={14} />} style={{ alignSelf: "flex-start" }}>New template</Button></Menu.Target>
        <Menu.Dropdown>{CHANNELS.map(({ value, label }) => <Menu.Item key={value} onClick={() => make(value)}>{label}</Menu.Item>)}</Menu.Dropdown>
      </Menu>
      <Part kind="template" title="In this journey" none="None yet. A template here belongs to this journey alone." items={byName(document.templates).map(([name, one]) => ({ name, about: templateWords(one), tag: channelWords(one.channel), inline: true }))} />
      <LibraryTemplates />
    </Stack>
  );
}

export function PromotionsPanel() {
  const { editor, session } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const make = (): void => {
    const made = makePromotion(editor.getState().history.document);
    editor.getState().record(`Make promotion ${made.name}`, made.patch);
    openPart(session, "promotion", made.name);
  };
  return (
    <Stack gap="md" p="md">
      <Button variant="light" size="xs" leftSection={<Plus size={14} />} style={{ alignSelf: "flex-start" }} onClick={make}>New promotion</Button>
      <Part kind="promotion" title="In this journey" none="None yet. A promotion here belongs to this journey alone." items={byName(document.promotions).map(([name, one]) => ({ name, about: one.name, tag: `${String(one.discount_percent)} %`, inline: true }))} />
      <LibraryPromotions />
    </Stack>
  );
}

function LibraryTemplates() {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), PAUSE);
  const list = useInfiniteQuery({ ...libraryTemplatesQuery(asked), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((page) => page.items).map((one) => ({ name: one.name, about: one.faults.length > 0 ? `${String(one.faults.length)} to mend` : templateWords(one.content as Template), tag: channelWords(one.content.channel), inline: false }));
  return <LibraryPart kind="template" items={items} total={list.data?.pages[0]?.total} search={search} setSearch={setSearch} list={list} />;
}

function LibraryPromotions() {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), PAUSE);
  const list = useInfiniteQuery({ ...libraryPromotionsQuery(asked), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((page) => page.items).map((one) => ({ name: one.name, about: one.content.name, tag: `${String(one.content.discount_percent)} %`, inline: false }));
  return <LibraryPart kind="promotion" items={items} total={list.data?.pages[0]?.total} search={search} setSearch={setSearch} list={list} />;
}

interface LibraryPartProps {
  readonly kind: PartKind;
  readonly items: readonly Item[] | undefined;
  readonly total: number | null | undefined;
  readonly search: string;
  readonly setSearch: (search: string) => void;
  readonly list: { readonly error: Error | null; readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly fetchNextPage: () => Promise<unknown> };
}

/** What the library holds, part after part; searched where there is much of it. */
function LibraryPart({ kind, items, total, search, setSearch, list }: LibraryPartProps) {
  if (list.error) return <Alert color="red" p="xs" title="The library cannot be shown">{list.error.message}</Alert>;
  if (!items) return null;
  const much = search !== "" || list.hasNextPage || items.length > FEW;
  return (
    <div>
      <Part
        kind={kind}
        title="In the library"
        {...(total === undefined ? {} : { total })}
        {...(much ? { head: <TextInput size="xs" mb={6} aria-label={`Search the ${kind}s of the library`} placeholder="Part of the name" leftSection={<Search size={14} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} /> } : {})}
        none={search ? `No ${kind} of the library has such a name.` : `None yet. Several journeys may use a ${kind} of the library.`}
        items={items}
      />
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} shown={items.length} total={total} />
    </div>
  );
}

const PAUSE = 200;
/** So few are looked through without a search. */
const FEW = 10;

interface Item {
  readonly name: string;
  readonly about: string;
  readonly tag: string;
  readonly inline: boolean;
}

interface PartListProps {
  readonly kind: PartKind;
  readonly title: string;
  readonly none: string;
  /** In the order in which they are shown. */
  readonly items: readonly Item[];
  /** How many there are, where more may follow; null where they are not counted. */
  readonly total?: number | null;
  readonly head?: React.ReactNode;
}

function Part({ kind, title, none, items, total, head }: PartListProps) {
  const many = total === undefined ? items.length : total;
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>{title}{many !== null && many > 0 && <Text span c="dimmed" fw={400}> {many.toLocaleString("en")}</Text>}</Text>
      {head}
      {items.length === 0 && <Text size="sm" c="dimmed">{none}</Text>}
      <Stack gap={4} role="list" aria-label={title}>
        {items.map((item) => <Row key={item.name} kind={kind} item={item} />)}
      </Stack>
    </div>
  );
}

function Row({ kind, item }: { readonly kind: PartKind; readonly item: Item }) {
  const { editor, session } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const catalog = useStore(editor, (state) => state.catalog);
  const used = usersOf(document, catalog, kind, item.name).length;
  const acts = useActs(kind);
  return (
    <Group gap={4} wrap="nowrap" role="listitem" className="part-row">
      <UnstyledButton style={{ flex: 1, minWidth: 0, padding: "4px 6px", borderRadius: 6 }} onClick={() => openPart(session, kind, item.name)} aria-label={`Edit ${item.name}`}>
        <Group gap={6} wrap="nowrap">
          <Text size="sm" fw={500} truncate>{item.name}</Text>
          <Badge size="xs" variant="default" tt="none" style={{ flexShrink: 0 }}>{item.tag}</Badge>
        </Group>
        <Text size="xs" c="dimmed" truncate>{used > 0 ? `${String(used)} ${used === 1 ? "node" : "nodes"} · ` : ""}{item.about}</Text>
      </UnstyledButton>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`More for ${item.name}`}><EllipsisVertical size={15} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {item.inline && <Menu.Item leftSection={<BookUp size={14} />} onClick={() => void acts.toLibrary(item.name)}>Put into the library</Menu.Item>}
          <Menu.Item leftSection={<Copy size={14} />} onClick={() => void acts.copy(item.name, item.inline)}>{item.inline ? "Duplicate" : "Copy into this journey"}</Menu.Item>
          <Menu.Item color="var(--mantine-color-error)" leftSection={<Trash2 size={14} />} onClick={() => void acts.remove(item.name, item.inline)}>{item.inline ? "Delete" : "Remove from the library"}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function byName<T>(parts: Readonly<Record<string, T>>): [name: string, part: T][] {
  return Object.entries(parts).sort(([one], [other]) => one.localeCompare(other));
}

/** What can be done with a template or promotion as a whole. */
export function useActs(kind: PartKind) {
  const { editor } = useEditorRoom();
  const client = useQueryClient();
  const path = (name: string): string => `/${kind}s/${encodeURIComponent(name)}`;
  const set = (name: string, part: unknown, words: string): void => {
    const { history, record } = editor.getState();
    record(words, kind === "template" ? commands.setTemplate(history.document, name, part as Template | undefined) : commands.setPromotion(history.document, name, part as Promotion | undefined));
  };
  const inline = (): Readonly<Record<string, unknown>> => (kind === "template" ? editor.getState().history.document.templates : editor.getState().history.document.promotions);
  const told = async (act: () => Promise<unknown>, words: string): Promise<void> => {
    try {
      await act();
      await client.invalidateQueries({ queryKey: ["library"] });
      notifications.show({ message: words });
    } catch (error) {
      notifications.show({ color: "red", message: error instanceof Error ? error.message : String(error) });
    }
  };
  return {
    toLibrary: (name: string) => told(async () => {
      await request("PUT", path(name), inline()[name]);
      set(name, undefined, `Put ${kind} ${name} into the library`);
    }, `"${name}" is in the library now. This journey uses it from there.`),
    copy: async (name: string, isInline: boolean): Promise<void> => {
      if (isInline) {
        set(freshName(name, inline()), inline()[name], `Duplicate ${kind} ${name}`);
        return;
      }
      await told(async () => {
        const { content } = await request<{ content: Record<string, unknown> }>("GET", path(name));
        set(name, withoutNull(content), `Copy ${kind} ${name} into the journey`);
      }, `This journey has its own "${name}" now; the library's is not touched by changes here.`);
    },
    remove: async (name: string, isInline: boolean): Promise<void> => {
      if (isInline) {
        set(name, undefined, `Delete ${kind} ${name}`);
        return;
      }
      await told(() => request("DELETE", path(name)), `"${name}" is out of the library. Published journeys keep what they were published with.`);
    },
  };
}

function withoutNull(raw: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}

function channelWords(channel: string): string {
  return CHANNELS.find((one) => one.value === channel)?.label ?? channel;
}

function templateWords(template: Template): string {
  return template.subject || template.title || template.text || "Nothing written yet";
}
