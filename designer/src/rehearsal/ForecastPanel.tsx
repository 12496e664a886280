/** A forecast: chances for what contacts do, and how many would go which way. */

import { Alert, Button, Group, Loader, NumberInput, Progress, Slider, Text, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Flowchart } from "../graph/document";
import { Obstacles } from "./Obstacles";
import { forecastQuery, type Forecast } from "./requests";

interface ForecastPanelProps {
  readonly document: Flowchart;
  readonly show: (node: string) => void;
  readonly onForecast: (forecast: Forecast | undefined) => void;
}

type Chances = Readonly<Record<string, Readonly<Record<string, number>>>>;
const number = new Intl.NumberFormat("en");
const percent = (part: number): string => `${String(Math.round(part * 100))}%`;
const AFTER_TYPING = 350;

export function ForecastPanel({ document, show, onForecast }: ForecastPanelProps) {
  const [contacts, setContacts] = useState(10_000);
  const [days, setDays] = useState(60);
  const [chances, setChances] = useState<Chances>({});
  const asked = { contacts, days, seed: 1, chances: Object.fromEntries(Object.entries(chances).filter(([node]) => node in document.nodes)) };
  const [settled] = useDebouncedValue(asked, AFTER_TYPING);
  const found = useQuery(forecastQuery(document, settled));
  const { data: forecast, error } = found;
  const [failures, setFailures] = useState(false);
  const states = forecast?.chances.filter((one) => one.family !== "act") ?? [];
  const acts = forecast?.chances.filter((one) => one.family === "act") ?? [];
  useEffect(() => onForecast(error ? undefined : forecast), [forecast, error, onForecast]);
  const set = (node: string, port: string, chance: number): void => setChances((known) => ({ ...known, [node]: { ...known[node], [port]: chance } }));
  return (
    <div className="try-story" aria-busy={found.isFetching}>
      <Text size="sm" c="dimmed">Invented contacts enter all at once, and chance decides what each does. Every state has its chances; the numbers stand on the drawing. Goals are not counted in.</Text>
      <Group grow gap="xs" align="flex-end">
        <NumberInput size="xs" label="Contacts" min={1} max={100_000} step={1000} thousandSeparator value={contacts} onChange={(value) => typeof value === "number" && value >= 1 && setContacts(value)} />
        <NumberInput size="xs" label="Days" min={1} max={400} value={days} onChange={(value) => typeof value === "number" && value >= 1 && setDays(value)} />
      </Group>
      {error && <Obstacles error={error} show={show} />}
      {!forecast && !error && <Group gap="xs" role="status"><Loader size="xs" /><Text size="sm">They are on their way…</Text></Group>}
      {forecast && !error && (
        <>
          {forecast.entered < forecast.asked && <Alert color="orange" title="Not everybody fits into the time">Only {number.format(forecast.entered)} of {number.format(forecast.asked)} contacts were followed. Ask for fewer days.</Alert>}
          <Results forecast={forecast} />
          <Group justify="space-between">
            <h2 className="try-heading">Chances</h2>
            <Button size="compact-xs" variant="subtle" disabled={Object.keys(chances).length === 0} onClick={() => setChances({})}>As they were</Button>
          </Group>
          {states.map((node) => <NodeChances key={node.node} node={node} said={chances[node.node]} set={set} show={show} />)}
          {acts.length > 0 && (
            <>
              <UnstyledButton className="try-otherwise" aria-expanded={failures} onClick={() => setFailures(!failures)}>
                {failures ? "Hide what could go wrong with acts" : `What could go wrong with ${acts.length === 1 ? "the act" : `the ${String(acts.length)} acts`}`}
              </UnstyledButton>
              {failures && acts.map((node) => <NodeChances key={node.node} node={node} said={chances[node.node]} set={set} show={show} />)}
            </>
          )}
        </>
      )}
    </div>
  );
}

interface NodeChancesProps {
  readonly node: Forecast["chances"][number];
  readonly said: Readonly<Record<string, number>> | undefined;
  readonly set: (node: string, port: string, chance: number) => void;
  readonly show: (node: string) => void;
}

function NodeChances({ node, said, set, show }: NodeChancesProps) {
  return (
    <fieldset className="try-chances">
      <legend><button type="button" className="try-otherwise" onClick={() => show(node.node)}>{node.label}</button></legend>
      {node.ports.filter((port) => !port.rest).map((port) => {
        const chance = said?.[port.port] ?? port.chance;
        return (
          <div key={port.port} className="try-chance">
            <span>{port.label}</span>
            <Slider size="sm" min={0} max={1} step={0.01} value={chance} label={percent} onChange={(value) => set(node.node, port.port, value)} thumbLabel={`${node.label}: ${port.label}`} />
            <b>{percent(chance)}</b>
          </div>
        );
      })}
      {node.ports.filter((port) => port.rest).map((port) => <Text key={port.port} size="xs" c="dimmed">{port.label}: {percent(port.chance)}, what is left</Text>)}
    </fieldset>
  );
}

function Results({ forecast }: { readonly forecast: Forecast }) {
  const inside = forecast.entered - forecast.results.reduce((all, one) => all + one.count, 0);
  const rows = [...forecast.results, ...(inside > 0 ? [{ name: `still inside after ${String(forecast.days)} days`, count: inside }] : [])];
  return (
    <section aria-label="How they end">
      <h2 className="try-heading">How they end</h2>
      {rows.map((one) => (
        <div key={one.name} className="try-result">
          <span>{one.name.replaceAll("_", " ")}</span>
          <b>{number.format(one.count)}</b>
          <Progress value={(100 * one.count) / Math.max(1, forecast.entered)} size="sm" aria-label={`${one.name}: ${percent(one.count / Math.max(1, forecast.entered))}`} />
        </div>
      ))}
    </section>
  );
}
