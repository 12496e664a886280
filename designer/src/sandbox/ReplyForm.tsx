/** An answer to a message. */

import { ActionIcon, Group, TextInput } from "@mantine/core";
import { Send } from "lucide-react";
import { useState } from "react";

export function ReplyForm({ send, label = "Your answer" }: { readonly send: (text: string) => void; readonly label?: string }) {
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!text.trim()) return;
        send(text.trim());
        setText("");
      }}
    >
      <Group gap="xs" wrap="nowrap">
        <TextInput aria-label={label} placeholder={label} value={text} maxLength={2000} onChange={(event) => setText(event.currentTarget.value)} style={{ flex: 1 }} />
        <ActionIcon type="submit" size="lg" aria-label="Send the answer" disabled={!text.trim()}><Send size={16} /></ActionIcon>
      </Group>
    </form>
  );
}
