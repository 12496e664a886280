/** Chooses a contact, by what its name or email begins with, or by id or phone. */

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { contactQuery, contactsQuery } from "../people/requests";
import { nameOf } from "../people/words";

interface ContactPickerProps {
  readonly contact: string;
  readonly choose: (contact: string) => void;
  readonly label: string;
  readonly everybody: string;
}

export function ContactPicker({ contact, choose, label, everybody }: ContactPickerProps) {
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed, 200);
  const chosen = useQuery({ ...contactQuery(contact), enabled: contact !== "" });
  const chosenName = chosen.data ? nameOf(chosen.data) : "";
  const list = useInfiniteQuery({ ...contactsQuery(asked === chosenName ? "" : asked.trim()), placeholderData: keepPreviousData });
  const names = new Map((list.data?.pages[0]?.items ?? []).map((one) => [one.id, nameOf(one)]));
  if (contact && chosenName) names.set(contact, chosenName);
  return (
    <Select
      aria-label={label}
      placeholder={everybody}
      searchable
      clearable
      clearButtonProps={{ "aria-label": everybody }}
      data={[...names].map(([value, name]) => ({ value, label: name }))}
      filter={({ options }) => options}
      value={contact || null}
      onChange={(value) => choose(value ?? "")}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="Nobody"
      w={260}
    />
  );
}
