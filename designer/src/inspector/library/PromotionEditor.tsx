/** A promotion: what it is called, what it gives, for which products, when, and how long a code lives. */

import { Input, NumberInput, SimpleGrid, Stack, TagsInput, Text, TextInput } from "@mantine/core";

import type { Promotion } from "../../graph/document";
import { instantOf, wallTime } from "../moments";
import { DurationInput } from "../widgets/plain";

interface PromotionEditorProps {
  readonly promotion: Promotion;
  readonly timezone: string;
  readonly onChange: (promotion: Promotion) => void;
  readonly onLeave: () => void;
}

export function PromotionEditor({ promotion, timezone, onChange, onLeave }: PromotionEditorProps) {
  const set = <K extends keyof Promotion>(key: K, value: Promotion[K] | undefined): void => {
    const { [key]: _, ...rest } = promotion;
    onChange((value === undefined || value === "" ? rest : { ...rest, [key]: value }) as Promotion);
  };
  const zone = timezone.replaceAll("_", " ");
  return (
    <Stack gap="md" maw={620}>
      <TextInput label="Name" description="As customers read it." withAsterisk value={promotion.name} onBlur={onLeave} onChange={(event) => onChange({ ...promotion, name: event.currentTarget.value })} />
      <NumberInput label="Discount" withAsterisk suffix=" %" min={0} max={100} decimalScale={2} clampBehavior="none" value={promotion.discount_percent} onBlur={onLeave} error={promotion.discount_percent > 0 && promotion.discount_percent <= 100 ? undefined : "Write more than 0 and at most 100."} onChange={(next) => { if (typeof next === "number") set("discount_percent", next); }} />
      <TagsInput label="Products" description="Their ids. None means the whole shop." placeholder="Type and press Enter" value={[...promotion.products]} onBlur={onLeave} onChange={(products) => onChange({ ...promotion, products })} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <MomentInput label="Begins" zone={timezone} value={promotion.starts_at} onBlur={onLeave} onChange={(day) => set("starts_at", day)} />
        <MomentInput label="Ends" zone={timezone} value={promotion.ends_at} onBlur={onLeave} onChange={(day) => set("ends_at", day)} />
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt={-8}>On the clock of {zone}. After the end no message about it is sent.</Text>
      <Input.Wrapper label="A code is valid for" description="Counted from when a contact gets it. Empty: as long as the promotion.">
        <DurationInput label="A code is valid for" clearable value={promotion.coupon_valid_for ?? ""} onBlur={onLeave} onChange={(next) => set("coupon_valid_for", next)} />
      </Input.Wrapper>
      <TextInput label="Link" description="Where customers use it; their code is added to it." placeholder="https://" spellCheck={false} value={promotion.link ?? ""} onBlur={onLeave} onChange={(event) => set("link", event.currentTarget.value)} />
    </Stack>
  );
}

interface MomentInputProps {
  readonly zone: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly onBlur: () => void;
  readonly onChange: (day: string | undefined) => void;
}

/** A moment on the journey's clock, kept as an instant; what is none is shown as it is written. */
function MomentInput({ label, zone, value, onBlur, onChange }: MomentInputProps) {
  if (value && !value.includes("T")) return <TextInput label={label} error="Give it a time: empty it, and choose anew." value={value} onBlur={onBlur} onChange={(event) => onChange(event.currentTarget.value || undefined)} />;
  return <TextInput label={label} type="datetime-local" value={wallTime(value ?? "", zone)} onBlur={onBlur} onChange={(event) => onChange(instantOf(event.currentTarget.value, zone))} />;
}
