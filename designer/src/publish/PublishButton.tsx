/** The way from drawing to publishing. */

import { Button } from "@mantine/core";
import { Rocket } from "lucide-react";
import { lazy, Suspense, useState } from "react";

const PublishDialog = lazy(async () => ({ default: (await import("./PublishDialog")).PublishDialog }));

export function PublishButton() {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="xs" ml={4} leftSection={<Rocket size={14} />} style={{ flex: "none" }} onClick={() => setOpened(true)}>Publish</Button>
      {opened && <Suspense fallback={null}><PublishDialog close={() => setOpened(false)} /></Suspense>}
    </>
  );
}
