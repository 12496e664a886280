import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";

import { createTheme, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Problem } from "./api/client";
import { App } from "./App";

const theme = createTheme({ primaryColor: "blue", primaryShade: { light: 8, dark: 7 }, autoContrast: true });
const client = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500) },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("The page has no place for Wend. Build the designer again.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" />
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
