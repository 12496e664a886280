/** Colours of the frame. The library's own are too pale to read in places: here every text has a contrast of 4.5 at least. */

import { createTheme, darken, lighten, type CSSVariablesResolver } from "@mantine/core";

export const theme = createTheme({ primaryColor: "blue", primaryShade: 8, autoContrast: true });

export const readableColours: CSSVariablesResolver = ({ colors }) => {
  const onTint = (change: (shades: readonly string[]) => string): Record<string, string> =>
    Object.fromEntries(Object.entries(colors).map(([name, shades]) => [`--mantine-color-${name}-light-color`, change(shades)]));
  return {
    variables: {},
    light: {
      ...onTint((shades) => darken(shades[9] ?? "#000", 0.3)),
      "--mantine-color-dimmed": "#596068",
      "--mantine-color-placeholder": "#6a7178",
      "--mantine-color-anchor": colors.blue[9],
      "--mantine-color-error": colors.red[9],
    },
    dark: {
      ...onTint((shades) => lighten(shades[2] ?? "#fff", 0.3)),
      "--mantine-color-dimmed": "#b0b0b0",
      "--mantine-color-placeholder": "#9a9a9a",
      "--mantine-color-anchor": colors.blue[3],
      "--mantine-color-error": colors.red[4],
    },
  };
};
