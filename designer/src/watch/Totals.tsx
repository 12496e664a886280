/** A journey's numbers as a whole: who entered, who is inside, and with which results the others ended. */

import { Skeleton } from "@mantine/core";

import type { Numbers } from "../api/client";
import { count, share } from "./words";

interface TotalsProps {
  readonly numbers: Numbers | undefined;
  readonly open: (title: string, asked: Readonly<Record<string, string>>) => void;
}

const MOST_RESULTS = 6;

export function Totals({ numbers, open }: TotalsProps) {
  if (!numbers) return <div className="watch-totals"><Skeleton height={22} width={320} /></div>;
  const results = Object.entries(numbers.results).sort(([, one], [, other]) => other - one);
  const shown = results.slice(0, MOST_RESULTS);
  const rest = results.slice(MOST_RESULTS).reduce((sum, [, value]) => sum + value, 0);
  return (
    <div className="watch-totals" role="group" aria-label="Numbers of the journey">
      <Number value={numbers.entered} label="entered" act={() => open("Who entered", {})} />
      <Number value={numbers.resting} label="waiting" act={() => open("Who waits", { place: "resting" })} />
      <Number value={numbers.admitted + numbers.moving} label="on the move" act={() => open("Who is on the move", { place: "moving" })} />
      {numbers.parked > 0 && <Number value={numbers.parked} label="parked" red act={() => open("Who is parked", { place: "parked" })} />}
      <Number value={numbers.ended} label="ended" act={() => open("Who has ended", { place: "ended" })} />
      {shown.length > 0 && <span className="watch-rule" aria-hidden />}
      {shown.map(([name, value]) => <Number key={name} value={value} label={`${name} (${share(value, numbers.ended)})`} act={() => open(`Ended as “${name}”`, { result: name })} />)}
      {rest > 0 && <Number value={rest} label="with other results" />}
    </div>
  );
}

interface NumberProps {
  readonly value: number;
  readonly label: string;
  readonly red?: boolean;
  readonly act?: () => void;
}

function Number({ value, label, red = false, act }: NumberProps) {
  const name = `watch-number${red ? " is-red" : ""}`;
  const words = <><b>{count(value)}</b> <span>{label}</span></>;
  return act ? <button type="button" className={name} onClick={act}>{words}</button> : <span className={name}>{words}</span>;
}
