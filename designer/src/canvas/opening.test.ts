import { describe, expect, it } from "vitest";

import { openingOf } from "./opening";

const at = (x: number, y: number) => ({ position: { x, y } });

describe("where a canvas opens", () => {
  it("shows the whole drawing where it can be read", () => {
    expect(openingOf({ width: 900, height: 300 }, [at(0, 0)], { width: 1000, height: 600 })).toBeUndefined();
  });

  it("begins at the leftmost node, and of several at the highest, where the whole would be too small", () => {
    const opening = openingOf({ width: 4000, height: 800 }, [at(900, 0), at(-100, 400), at(-100, 200)], { width: 1000, height: 600 });
    expect(opening?.zoom).toBeGreaterThanOrEqual(0.5);
    const { x = 0, y = 0, zoom = 1 } = opening ?? {};
    expect(-100 * zoom + x).toBeGreaterThan(0);
    expect(200 * zoom + y).toBeGreaterThan(0);
    expect(200 * zoom + y).toBeLessThan(300);
  });

  it("has nothing to show of an empty drawing", () => {
    expect(openingOf({ width: 0, height: 0 }, [], { width: 1000, height: 600 })).toBeUndefined();
  });
});
