/** Why the draft cannot be tried, place by place. */

import { Alert, Anchor, List, Text } from "@mantine/core";
import { useContext } from "react";

import { EditorContext } from "../editor/room";
import { goTo } from "../router";
import { obstaclesOf } from "./requests";

interface ObstaclesProps {
  readonly error: Error;
  readonly show: (node: string) => void;
}

export function Obstacles({ error, show }: ObstaclesProps) {
  const room = useContext(EditorContext);
  const found = obstaclesOf(error);
  const places = found.some((one) => one.node !== undefined);
  const mend = (node: string): void => {
    show(node);
    room?.session.setState({ nodes: new Set([node]), edges: new Set(), side: undefined });
    if (room) goTo({ page: "journey", journey: room.journey, mode: "draw" });
  };
  return (
    <Alert color="orange" title={places ? "Before it can be tried" : "This cannot be tried"}>
      <List size="sm" spacing={6} listStyleType={found.length > 1 ? "disc" : "none"}>
        {found.map(({ node, text }, at) => (
          <List.Item key={at}>
            <Text size="sm" span>{text}</Text>
            {node !== undefined && <> <Anchor component="button" type="button" size="sm" onClick={() => mend(node)}>Go there</Anchor></>}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
