import { readFileSync } from "node:fs";

import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

test("what the designer knows of the API is what the API says of itself", async () => {
  const said = JSON.parse(readFileSync("../api/openapi.json", "utf8")) as Parameters<typeof openapiTS>[0];
  const known = readFileSync("src/api/generated/schema.d.ts", "utf8");

  // Compared as a whole: what differs would fill a screen, and is mended by one command.
  const same = known === `${COMMENT_HEADER}${astToString(await openapiTS(said))}`;

  expect(same, "schema.d.ts is not what api/openapi.json gives. Run `npm run api`, and commit it.").toBe(true);
});
