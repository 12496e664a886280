/** Tidying the drawing, or what is selected of it: laid out beside the page, moved into place before one's eyes. */

import { notifications } from "@mantine/notifications";

import * as commands from "../graph/commands";
import type { Position } from "../graph/document";
import { drawingOf } from "../graph/layout";
import { portsOfNode } from "../graph/ports";
import { boxesOf, drawn, motion, record, targets, USUAL_HEIGHT } from "./actions";
import type { Desk } from "./desk";
import { WIDTH } from "./model";
import { tidyPlaces } from "./tidy";

const LASTS = 320;
/** More nodes than this are put into place at once: a movement that stutters helps nobody. */
const MANY = 150;

export async function tidyUp(desk: Desk): Promise<void> {
  const chosen = targets(desk);
  const only = chosen.length > 1 && desk.session.getState().view === "canvas" ? new Set(chosen) : undefined;
  const document = drawn(desk);
  const { sizes } = desk.session.getState();
  const { catalog } = desk.editor.getState();
  const drawing = drawingOf(
    document,
    (id) => ({ width: WIDTH, height: sizes[id]?.height ?? USUAL_HEIGHT }),
    (id) => portsOfNode(document, catalog, id).map((port) => port.key),
    only,
  );
  try {
    const places = await tidyPlaces(drawing);
    const before = boxesOf(desk, Object.keys(places));
    const moved = record(desk, only ? `Tidy ${String(only.size)} nodes` : "Tidy", commands.move(drawn(desk), places));
    if (moved) glide(desk, before, places);
  } catch (error) {
    notifications.show({ color: "red", message: error instanceof Error ? error.message : String(error) });
  }
}

/** Show the way from the old places to the new ones. The document has the new ones already. */
function glide(desk: Desk, from: ReadonlyMap<string, Position>, to: Readonly<Record<string, Position>>): void {
  const { session, live } = desk;
  const show = (): void => { if (desk.session.getState().nodes.size < 2) void live.flow?.fitView({ padding: 0.12, maxZoom: 1, duration: motion(200) }); };
  const ids = Object.keys(to);
  if (motion(1) === 0 || ids.length > MANY) {
    requestAnimationFrame(show);
    return;
  }
  const began = performance.now();
  const draw = (now: number): void => {
    const part = Math.min(1, (now - began) / LASTS);
    const eased = 1 - (1 - part) ** 3;
    const dragged: Record<string, Position> = {};
    if (part < 1) {
      for (const id of ids) {
        const [one, other] = [from.get(id), to[id]];
        if (one && other) dragged[id] = { x: one.x + (other.x - one.x) * eased, y: one.y + (other.y - one.y) * eased };
      }
    }
    session.setState({ dragged });
    if (part < 1) requestAnimationFrame(draw);
    else show();
  };
  draw(began);
}
