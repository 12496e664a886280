/** A template's words, part by part, beside the message as it would arrive. */

import { Group, Stack } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useStore } from "zustand";

import { request } from "../../api/client";
import { useEditorRoom } from "../../editor/room";
import type { Channel, Promotion, Template } from "../../graph/document";
import { referencesOf } from "../../graph/references";
import { usersOf } from "../library/users";
import { PartSelect } from "../library/PartSelect";
import { useChoices } from "../../lists/choices";
import { useVocabulary } from "../vocabulary";
import { NOBODY_YET, useFilled, type Audience } from "./Audience";
import { CodeField, type Fault } from "./CodeField";
import { Preview, usePreview, type Offer } from "./Preview";
import { VariablePicker } from "./VariablePicker";

type TextPart = "subject" | "html" | "title" | "text" | "link";

interface PartShape {
  readonly part: TextPart;
  readonly label: string;
  readonly kind: "line" | "text" | "html";
  readonly help?: string;
  readonly placeholder?: string;
}

const PARTS: Readonly<Record<Channel, readonly PartShape[]>> = {
  email: [
    { part: "subject", label: "Subject", kind: "line", placeholder: "What the email is about" },
    { part: "html", label: "HTML", kind: "html" },
    { part: "text", label: "Plain text", kind: "text", help: "For mail programs that show no HTML." },
  ],
  sms: [{ part: "text", label: "Text", kind: "text" }],
  push: [
    { part: "title", label: "Title", kind: "line" },
    { part: "text", label: "Text", kind: "text" },
    { part: "link", label: "Link", kind: "line", help: "Where a tap leads." },
  ],
};
const NO_FAULTS: readonly Fault[] = [];

export interface TemplateEditorProps {
  readonly name: string;
  readonly template: Template;
  readonly onChange: (template: Template) => void;
  readonly onLeave: () => void;
}

export default function TemplateEditor({ name, template, onChange, onLeave }: TemplateEditorProps) {
  const { editor } = useEditorRoom();
  const { name: journey, settings } = useStore(editor, (state) => state.history.document);
  const vocabulary = useVocabulary();
  const used = usePromotionBeside(name);
  const { inline, offer, offered, choose } = useOffer(used);
  const [audience, setAudience] = useState<Audience>(NOBODY_YET);
  const insert = useRef<(text: string) => void>(undefined);
  const [into, setInto] = useState<string>();
  const samples = useMemo(() => new Map(vocabulary.variables.map((one) => [one.name, one.sample])), [vocabulary]);
  const filled = useFilled(audience, samples);
  const found = usePreview({ template, audience: filled, offer, journey, timezone: settings.timezone });
  const faults = found.data?.problems;

  const set = (part: TextPart, text: string): void => {
    const { [part]: _, ...rest } = template;
    onChange((text === "" ? rest : { ...rest, [part]: text }));
  };
  return (
    <div className="writing">
      <Stack gap="sm" className="writing-side">
        <Group gap="xs">
          <VariablePicker variables={vocabulary.variables} into={into} onPick={(text) => insert.current?.(text)} />
        </Group>
        {PARTS[template.channel].map(({ part, label, kind, help, placeholder }) => (
          <CodeField
            key={part}
            label={label}
            kind={kind}
            {...(help === undefined ? {} : { help })}
            {...(placeholder === undefined ? {} : { placeholder })}
            value={template[part] ?? ""}
            variables={vocabulary.variables}
            faults={faults?.filter((one) => one.part === part && one.about === "template") ?? NO_FAULTS}
            onChange={(text) => set(part, text)}
            onBlur={onLeave}
            onFocus={(put) => {
              insert.current = put;
              setInto(label);
            }}
          />
        ))}
      </Stack>
      <div className="writing-side">
        <Preview template={template} audience={audience} onAudience={setAudience} offers={offered !== undefined && <PartSelect kind="promotion" size="xs" label="Promotion" w={190} here={Object.keys(inline)} inline={inline} name={offered} clearable placeholder="None" onName={choose} />} samples={samples} found={found} />
      </div>
    </div>
  );
}

/**
 * The promotion of which a message speaks here: the chosen one, else the one that a node names beside it, else the first that
 * there is. `offered` is its name, empty for none; undefined where there is none to choose.
 */
function useOffer(used: string | undefined) {
  const { editor } = useEditorRoom();
  const inline = useStore(editor, (state) => state.history.document.promotions);
  const [chosen, choose] = useState<string>();
  const { names, known } = useChoices("promotion", chosen ?? used ?? "");
  const first = Object.keys(inline)[0] ?? names[0];
  const offered = first === undefined ? undefined : (chosen ?? used ?? first);
  const own = offered === undefined ? undefined : inline[offered];
  // One that a node names may not be there yet.
  const inLibrary = offered !== undefined && own === undefined && (names.includes(offered) || (known === true && offered !== ""));
  const stored = useQuery({ ...libraryPromotionQuery(offered ?? ""), enabled: inLibrary });
  const promotion = own ?? (inLibrary ? stored.data : undefined);
  const offer = useMemo<Offer | undefined>(() => (offered && promotion ? { name: offered, promotion } : undefined), [offered, promotion]);
  return { inline, offer, offered, choose };
}

const libraryPromotionQuery = (name: string) =>
  queryOptions({
    queryKey: ["library", "promotion", name],
    queryFn: () => request<{ content: Record<string, unknown> }>("GET", `/promotions/${encodeURIComponent(name)}`),
    select: ({ content }) => content as unknown as Promotion,
    staleTime: 10_000,
  });

/** The promotion that a node names beside this template. */
function usePromotionBeside(template: string): string | undefined {
  const { editor } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const catalog = useStore(editor, (state) => state.catalog);
  return useMemo(() => {
    for (const id of usersOf(document, catalog, "template", template)) {
      const node = document.nodes[id];
      const manifest = node && catalog.get(node.type, node.version);
      const named = manifest && referencesOf(manifest, node.config).find(([kind]) => kind === "promotion");
      if (named) return named[1];
    }
    return undefined;
  }, [document, catalog, template]);
}

