/** A page onto which a file can be dropped. */

import { Box, Center, Text } from "@mantine/core";
import { useRef, useState, type DragEvent, type ReactNode } from "react";

interface FileDropProps {
  readonly onFile: (file: File) => void;
  readonly children: ReactNode;
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");

export function FileDrop({ onFile, children }: FileDropProps) {
  const [over, setOver] = useState(false);
  // Every child tells of its own coming and going; the page is left when as many were left as entered.
  const depth = useRef(0);
  const enter = (event: DragEvent): void => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current += 1;
    setOver(true);
  };
  const leave = (event: DragEvent): void => {
    if (!holdsFiles(event)) return;
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setOver(false);
  };
  const drop = (event: DragEvent): void => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <Box pos="relative" mih="100%" onDragEnter={enter} onDragLeave={leave} onDragOver={(event) => holdsFiles(event) && event.preventDefault()} onDrop={drop}>
      {children}
      {over && (
        <Center pos="absolute" inset={8} style={{ border: "3px dashed var(--mantine-primary-color-filled)", borderRadius: 12, background: "color-mix(in srgb, var(--mantine-color-body) 85%, transparent)", zIndex: 5, pointerEvents: "none" }}>
          <Text fw={600} size="lg">Drop the CSV file to import it</Text>
        </Center>
      )}
    </Box>
  );
}
