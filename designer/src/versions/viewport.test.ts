import { expect, test } from "vitest";

import { WIDTH } from "../canvas/model";
import { example } from "../graph/samples";
import { centred, fitted } from "./viewport";

const box = { width: 600, height: 400 };

test("all nodes of both drawings are in view", () => {
  const [one, other] = [example("mario"), example("welcome")];
  const { x, y, zoom } = fitted([one, other], box);
  for (const { position } of [...Object.values(one.nodes), ...Object.values(other.nodes)]) {
    if (!position) continue;
    expect(position.x * zoom + x).toBeGreaterThanOrEqual(0);
    expect((position.x + WIDTH) * zoom + x).toBeLessThanOrEqual(box.width);
    expect(position.y * zoom + y).toBeGreaterThanOrEqual(0);
    expect(position.y * zoom + y).toBeLessThanOrEqual(box.height);
  }
});

test("a place that is asked for stands in the middle", () => {
  expect(centred({ x: 100, y: 50 }, box, 2)).toEqual({ x: 100, y: 100, zoom: 2 });
});

test("on a phone a wide drawing is shown from its beginning, so that it can be read", () => {
  const narrow = { width: 390, height: 320 };
  const mario = example("mario");
  const { x, zoom } = fitted([mario], narrow);
  const left = Math.min(...Object.values(mario.nodes).flatMap((node) => (node.position ? [node.position.x] : [])));
  expect(zoom).toBeGreaterThan(0.4);
  expect(left * zoom + x).toBeGreaterThan(0);
  expect(left * zoom + x).toBeLessThan(40);
});
