/** The template or promotion that is open: in the journey every change is kept at once, in the library on "Save". */

import { Badge, Button, Center, Group, Loader, Modal, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useStore } from "zustand";

import { request } from "../../api/client";
import { useEditorRoom } from "../../editor/room";
import * as commands from "../../graph/commands";
import type { Promotion, Template } from "../../graph/document";
import { openPart, type PartKind } from "./parts";
import { PromotionEditor } from "./PromotionEditor";
import { renamePart } from "./users";

const TemplateEditor = lazy(() => import("../template/TemplateEditor"));

export default function PartEditor({ part }: { readonly part: PartProps }) {
  return <OpenPart key={`${part.kind} ${part.name}`} {...part} />;
}

function OpenPart({ kind, name }: { readonly kind: PartKind; readonly name: string }) {
  const { editor } = useEditorRoom();
  const inline = useStore(editor, (state) => (kind === "template" ? state.history.document.templates[name] : state.history.document.promotions[name]));
  return inline ? <InlinePart kind={kind} name={name} content={inline} /> : <LibraryPart kind={kind} name={name} />;
}

interface PartProps {
  readonly kind: PartKind;
  readonly name: string;
}

type Content = Template | Promotion;

function InlinePart({ kind, name, content }: PartProps & { readonly content: Content }) {
  const { editor, session } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const names: Readonly<Record<string, unknown>> = kind === "template" ? document.templates : document.promotions;
  const change = (next: Content): void => {
    const { history, type } = editor.getState();
    type(`Write ${name}`, kind === "template" ? commands.setTemplate(history.document, name, next as Template) : commands.setPromotion(history.document, name, next as Promotion));
  };
  const rename = (to: string): void => {
    const { history, catalog, record } = editor.getState();
    const patch = renamePart(history.document, catalog, kind, name, to);
    if (patch.length === 0) return;
    record(`Rename ${name} to ${to}`, patch);
    openPart(session, kind, to);
  };
  return (
    <Frame kind={kind} head={<NameField name={name} taken={Object.keys(names)} onRename={rename} />} tag="This journey" note="Saved as you type.">
      <Body kind={kind} name={name} content={content} onChange={change} onLeave={() => editor.getState().endTyping()} />
    </Frame>
  );
}

function LibraryPart({ kind, name }: PartProps) {
  const client = useQueryClient();
  const path = `/${kind}s/${encodeURIComponent(name)}`;
  const { data, error } = useQuery({ queryKey: ["library", kind, name], queryFn: () => request<{ content: Record<string, unknown> }>("GET", path), staleTime: 0 });
  const [changed, setChanged] = useState<Content>();
  const [saving, setSaving] = useState(false);
  const stored = data && (Object.fromEntries(Object.entries(data.content).filter(([, value]) => value !== null)) as unknown as Content);
  const content = changed ?? stored;
  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      await request("PUT", path, content);
      await client.invalidateQueries({ queryKey: ["library"] });
      setChanged(undefined);
      notifications.show({ message: `"${name}" is saved. Journeys that are published keep the words that they were published with.` });
    } catch (failure) {
      notifications.show({ color: "red", message: failure instanceof Error ? failure.message : String(failure) });
    } finally {
      setSaving(false);
    }
  };
  return (
    <Frame
      kind={kind}
      head={<Text fw={600}>{name}</Text>}
      tag="Library"
      note={changed ? "Not saved yet." : "Several journeys may use it."}
      unsaved={changed !== undefined}
      act={<Button size="xs" loading={saving} disabled={!changed} onClick={() => void save()}>Save to the library</Button>}
    >
      {error && <Text c="red">{error.message}</Text>}
      {content && <Body kind={kind} name={name} content={content} onChange={setChanged} onLeave={() => undefined} />}
      {!content && !error && <Center h={200}><Loader aria-label="It is loading" /></Center>}
    </Frame>
  );
}

interface BodyProps extends PartProps {
  readonly content: Content;
  readonly onChange: (content: Content) => void;
  readonly onLeave: () => void;
}

function Body({ kind, name, content, onChange, onLeave }: BodyProps) {
  const { editor } = useEditorRoom();
  const timezone = useStore(editor, (state) => state.history.document.settings.timezone);
  if (kind === "promotion") return <PromotionEditor promotion={content as Promotion} timezone={timezone} onChange={onChange} onLeave={onLeave} />;
  return (
    <Suspense fallback={<Center h={300}><Loader aria-label="The editor is loading" /></Center>}>
      <TemplateEditor name={name} template={content as Template} onChange={onChange} onLeave={onLeave} />
    </Suspense>
  );
}

interface FrameProps {
  readonly kind: PartKind;
  readonly head: React.ReactNode;
  readonly tag: string;
  readonly note: string;
  readonly unsaved?: boolean;
  readonly act?: React.ReactNode;
  readonly children: React.ReactNode;
}

function Frame({ kind, head, tag, note, unsaved = false, act, children }: FrameProps) {
  const { session } = useEditorRoom();
  const [asking, setAsking] = useState(false);
  const close = (): void => {
    if (unsaved && !asking) setAsking(true);
    else session.setState({ part: undefined });
  };
  const wide = kind === "template";
  return (
    <Modal
      opened
      onClose={close}
      size={wide ? "min(1400px, 96vw)" : "lg"}
      padding="md"
      yOffset={wide ? "3dvh" : "8dvh"}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": `Close the ${kind}` }}
      title={<Group gap="sm">{head}<Badge variant="default" tt="none">{tag}</Badge><Text size="xs" c="dimmed" role="status">{asking ? "Not saved: close again to throw the changes away." : note}</Text>{act}</Group>}
      styles={wide ? { body: { height: "calc(94dvh - 76px)", overflow: "auto" } } : {}}
    >
      {children}
    </Modal>
  );
}

interface NameFieldProps {
  readonly name: string;
  readonly taken: readonly string[];
  readonly onRename: (name: string) => void;
}

/** The name is changed when the field is left: every node that names it is changed with it. */
function NameField({ name, taken, onRename }: NameFieldProps) {
  const [typed, setTyped] = useState<string>();
  const wanted = typed?.trim() ?? name;
  const clash = wanted !== name && taken.includes(wanted);
  return (
    <TextInput
      size="xs"
      aria-label="Name"
      maxLength={200}
      value={typed ?? name}
      error={clash ? `"${wanted}" is there already.` : undefined}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (wanted && !clash && wanted !== name) onRename(wanted);
        setTyped(undefined);
      }}
      onKeyDown={(event) => { if (event.key === "Enter") event.currentTarget.blur(); }}
    />
  );
}
