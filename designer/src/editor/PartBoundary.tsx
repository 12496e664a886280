/** Around a part of the editor: where it fails, the rest stays, and says that nothing is lost. */

import { Alert, Button, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";

interface State {
  readonly why: string | undefined;
}

export class PartBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { why: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { why: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.why === undefined) return this.props.children;
    return (
      <Alert m="lg" color="red" title="This part of the page has failed">
        <Text size="sm">What you drew is kept. If Wend does not answer, wait until it does; then reload the page, and go on where you were.</Text>
        <Text size="xs" c="dimmed" my="xs">{this.state.why}</Text>
        <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>Reload the page</Button>
      </Alert>
    );
  }
}

const AFTER = 3_000;

/** Fetch the parts that open later while Wend still answers: who draws through an outage can open them all. */
export function fetchPartsSoon(): () => void {
  const timer = setTimeout(() => {
    const parts = [import("../inspector/Panel"), import("../inspector/library/PartEditor"), import("./ImportDialog"), import("./ChangesDialog")];
    void Promise.allSettled(parts);
  }, AFTER);
  return () => clearTimeout(timer);
}
