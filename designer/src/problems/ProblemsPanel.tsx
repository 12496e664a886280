/** Everything that the checks say, errors first: a click leads to the place, a button mends what a program may mend. */

import { Badge, Button, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useContext } from "react";
import { useStore } from "zustand";

import { useEditorRoom } from "../editor/room";
import { labelOf } from "../graph/ports";
import { repairOf, repairWords } from "./repair";
import { ProblemsContext, type Diagnostic } from "./store";
import "./problems.css";

export function ProblemsPanel() {
  const { diagnostics, state } = useStore(useContext(ProblemsContext));
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  if (state === "unknown" && diagnostics.length === 0) return <Text p="md" size="sm" c="dimmed">The checks cannot be asked just now. They are asked again by themselves.</Text>;
  return (
    <Stack gap="xs" p="md">
      {diagnostics.length === 0 ? (
        <Group gap={8} wrap="nowrap">
          <CircleCheck size={18} color="var(--mantine-color-green-7)" aria-hidden />
          <Text size="sm">Nothing stands in the way: this journey can be published.</Text>
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          {errors > 0 ? `${String(errors)} ${errors === 1 ? "error keeps" : "errors keep"} the journey from being published. Saving is never held up.` : "Nothing stands in the way of publishing. These are worth a second look."}
        </Text>
      )}
      <Stack gap="xs" role="list" aria-label="Problems">
        {diagnostics.map((one) => <Row key={JSON.stringify([one.code, one.node, one.edge, one.field, one.message])} problem={one} />)}
      </Stack>
    </Stack>
  );
}

function Row({ problem }: { readonly problem: Diagnostic }) {
  const { editor, session } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const catalog = useStore(editor, (state) => state.catalog);
  const node = problem.node ? document.nodes[problem.node] : undefined;
  const repair = repairOf(document, problem);
  const go = (): void => {
    if (problem.node && node) session.setState({ nodes: new Set([problem.node]), edges: new Set(), side: undefined, ...(problem.field ? { focus: { node: problem.node, field: problem.field } } : {}) });
    else if (problem.edge && problem.edge in document.edges) session.setState({ nodes: new Set(), edges: new Set([problem.edge]) });
    else if (problem.field?.startsWith("settings.")) session.setState({ side: "settings" });
  };
  const leads = node !== undefined || (problem.edge ? problem.edge in document.edges : problem.field?.startsWith("settings.") === true);
  const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <div className={`problem problem-${problem.severity}`} role="listitem">
      <UnstyledButton className="problem-place" onClick={go} disabled={!leads} aria-label={`${problem.severity === "error" ? "Error" : "Warning"}: ${problem.message}${leads ? " Go there." : ""}`}>
        <Group gap={8} wrap="nowrap" align="flex-start">
          <Icon size={16} aria-hidden className="problem-icon" />
          <div style={{ minWidth: 0 }}>
            {node && <Badge size="xs" variant="default" tt="none" mb={2}>{labelOf(node, catalog)}</Badge>}
            <Text size="sm">{problem.message}</Text>
            <Text size="sm" c="dimmed">{problem.fix.text}</Text>
          </div>
        </Group>
      </UnstyledButton>
      {repair && (
        <Button
          size="compact-xs"
          variant="light"
          ml={24}
          mt={6}
          onClick={() => editor.getState().record(repairWords(problem), repair)}
          aria-label={`${repairWords(problem)}: ${problem.message}`}
        >
          {repairWords(problem)}
        </Button>
      )}
    </div>
  );
}
