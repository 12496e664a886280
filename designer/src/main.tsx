import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Problem } from "./api/client";
import { App } from "./App";
import { readableColours, theme } from "./theme";

const client = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500) },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("The page has no place for Wend. Build the designer again.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={readableColours} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" />
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
