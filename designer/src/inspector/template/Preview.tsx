/** The message as it would arrive at somebody: a contact from the list, or an invented one. The engine renders it. */

import { Alert, Group, Loader, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { request, type Schemas } from "../../api/client";
import type { Promotion, Template } from "../../graph/document";
import { MessageView } from "../../messages/MessageView";
import { Invented, PAUSE, WhoSelect, whoOf, type Audience } from "./Audience";

export type Previewed = Schemas["MessagePreviewOut"];

export interface Offer {
  readonly name: string;
  readonly promotion: Promotion;
}

export interface PreviewQuestion {
  readonly template: Template;
  readonly audience: Audience;
  readonly offer: Offer | undefined;
  readonly journey: string;
  readonly timezone: string;
}

/** The engine's rendering, a moment after the last change. */
export function usePreview(question: PreviewQuestion) {
  const [body] = useDebouncedValue(JSON.stringify(bodyOf(question)), PAUSE);
  return useQuery({
    queryKey: ["preview", body],
    queryFn: () => request<Previewed>("POST", "/templates/preview", JSON.parse(body) as unknown),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}

function bodyOf({ template, audience, offer, journey, timezone }: PreviewQuestion) {
  return { template, journey_name: journey, timezone, ...whoOf(audience), ...(offer ? { promotion: offer.promotion, promotion_name: offer.name } : {}) };
}

interface PreviewProps {
  readonly template: Template;
  readonly audience: Audience;
  readonly onAudience: (audience: Audience) => void;
  /** The field that chooses the promotion of which the message speaks. */
  readonly offers: ReactNode;
  readonly samples: ReadonlyMap<string, string>;
  readonly found: ReturnType<typeof usePreview>;
}

export function Preview({ template, audience, onAudience, offers, samples, found }: PreviewProps) {
  const [width, setWidth] = useState("desktop");
  const { data, error, isPending } = found;
  const missing = data?.problems.filter((one) => one.about === "contact") ?? [];
  const broken = data?.problems.some((one) => one.about === "template") ?? false;
  return (
    <Stack gap="sm">
      <Group gap="xs" align="flex-end">
        <WhoSelect audience={audience} onAudience={onAudience} />
        {offers}
        {template.channel === "email" && <SegmentedControl size="xs" aria-label="Width of the screen" value={width} onChange={setWidth} data={[{ value: "desktop", label: "Desktop" }, { value: "phone", label: "Phone" }]} />}
      </Group>
      <Invented text={[template.subject, template.html, template.title, template.text, template.link].filter(Boolean).join("\n")} audience={audience} samples={samples} onAudience={onAudience} />
      {error && <Alert color="red" title="The preview cannot be made">{error.message}</Alert>}
      {isPending && <Loader size="sm" aria-label="The preview is made" />}
      {missing.map((one) => <Alert key={one.part + one.text} color="yellow" p="xs" title="This contact would not get it"><Text size="sm">{one.text} {one.fix}</Text></Alert>)}
      {broken && <Alert color="red" p="xs"><Text size="sm">What is wrong is marked on the left. Parts with errors are left out here.</Text></Alert>}
      {data && (
        <div className="preview-stage" aria-live="polite">
          <div className={width === "phone" || data.channel !== "email" ? "preview-phone" : undefined}>
            <MessageView
              channel={data.channel}
              subject={data.parts["subject"]}
              html={data.parts["html"]}
              text={data.parts["text"]}
              title={data.parts["title"]}
              link={data.parts["link"]}
              recipient={data.recipient ?? undefined}
            />
          </div>
        </div>
      )}
      {data?.sms && <SmsRoom sms={data.sms} />}
      {data && data.recipient === null && <Text size="xs" c="dimmed">This contact has no {data.channel === "email" ? "email address" : data.channel === "sms" ? "phone number" : "device"}; in the journey they leave by the port for that.</Text>}
    </Stack>
  );
}

function SmsRoom({ sms }: { readonly sms: Schemas["SmsOut"] }) {
  return (
    <Text size="sm" fw={sms.segments > 1 ? 500 : 400}>
      {sms.segments} {sms.segments === 1 ? "segment" : "segments"}, {sms.left} more {sms.left === 1 ? "sign fits" : "signs fit"}.
      {sms.alphabet === "unicode" && ` Not in the short alphabet, so that only 70 signs fit into one segment: ${sms.strange.slice(0, 16)}`}
    </Text>
  );
}
