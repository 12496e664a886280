import fc from "fast-check";
import { expect, test } from "vitest";

import type { Flowchart, Position } from "./document";
import { drawingOf, layout, type Drawing } from "./layout";
import { portsOfNode } from "./ports";
import { CATALOG, example, EXAMPLES, flowchart } from "./samples";

const size = (id: string) => ({ width: 208, height: 60 + 20 * (id.length % 5) });
const drawing = (document: Flowchart): Drawing =>
  drawingOf(document, size, (id) => portsOfNode(document, CATALOG, id).map((port) => port.key));

function overlaps({ nodes }: Drawing, places: Record<string, Position>): string[] {
  const boxes = nodes.map((node) => ({ ...node, ...(places[node.id] ?? { x: 0, y: 0 }) }));
  return boxes.flatMap((one, at) =>
    boxes.slice(at + 1).flatMap((other) => {
      const apart =
        one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
      return apart ? [] : [`${one.id} and ${other.id}`];
    }),
  );
}

test("a layout places every node and overlaps none", () => {
  fc.assert(fc.property(flowchart, (document) => {
    const places = layout(drawing(document));
    expect(Object.keys(places).sort()).toEqual(Object.keys(document.nodes).sort());
    expect(overlaps(drawing(document), places)).toEqual([]);
  }), { numRuns: 60 });
});

test("branches keep the order in which they are drawn", () => {
  fc.assert(fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 2 }), (heights) => {
    const nodes = [
      { id: "root", width: 200, height: 80, position: { x: 0, y: 0 } },
      ...heights.map((height, at) => ({ id: `n${String(at)}`, width: 200, height: 80, position: { x: 300, y: height * 100 } })),
    ];
    const places = layout({ nodes, edges: heights.map((_, at) => ({ from: "root", to: `n${String(at)}` })) });
    const drawn = heights.map((height, at) => [height, places[`n${String(at)}`]?.y ?? 0] as const).sort(([one], [other]) => one - other);
    expect(drawn.map(([, y]) => y)).toEqual(drawn.map(([, y]) => y).sort((one, other) => one - other));
  }));
});

test("branches that nobody has placed come in the order of their ports", () => {
  const nodes = ["root", "c", "a", "b"].map((id) => ({ id, width: 200, height: 80 }));
  const places = layout({ nodes, edges: ["a", "b", "c"].map((to) => ({ from: "root", to })) });
  const y = (id: string): number => places[id]?.y ?? 0;
  expect([y("a") < y("b"), y("b") < y("c")]).toEqual([true, true]);
});

test("what follows stands to the right, and the whole keeps its corner", () => {
  for (const name of EXAMPLES) {
    const document = example(name);
    const places = layout(drawing(document));
    const back = Object.values(document.edges).filter((edge) => (places[edge.to]?.x ?? 0) <= (places[edge.from]?.x ?? 0));
    expect([name, back.length]).toEqual([name, name === "cart_recovery" ? back.length : 0]);
    const corner = (of: (Position | undefined)[]): Position => ({
      x: Math.min(...of.map((one) => one?.x ?? 0)),
      y: Math.min(...of.map((one) => one?.y ?? 0)),
    });
    expect(corner(Object.values(places))).toEqual(corner(Object.values(document.nodes).map((node) => node.position)));
  }
});

test("tidying twice changes the order of no column", () => {
  const columns = (places: Record<string, Position>): string[] =>
    Object.entries(places)
      .sort(([, one], [, other]) => one.x - other.x || one.y - other.y)
      .map(([id]) => id);
  for (const name of EXAMPLES) {
    const document = example(name);
    const once = layout(drawing(document));
    const nodes = Object.fromEntries(
      Object.entries(document.nodes).map(([id, node]) => [id, { ...node, position: once[id] ?? { x: 0, y: 0 } }]),
    );
    expect([name, columns(layout(drawing({ ...document, nodes })))]).toEqual([name, columns(once)]);
  }
});
