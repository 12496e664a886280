/** How a sandbox account is told to fail. Pure. */

export const FAULTS = [
  ["refuse", "Refuses the connection"],
  ["rate_limit", "Too many requests (429)"],
  ["time_out", "Does not answer"],
  ["drop_answer", "Takes it, its answer is lost"],
  ["bounce", "Takes it, then it bounces"],
  ["reject", "Rejects the message"],
  ["auth", "Refuses the account"],
] as const;

export type Fault = (typeof FAULTS)[number][0];

/** What a person chose: one way to fail, and how often. */
export interface Failing {
  readonly fault: Fault;
  /** For each message: its first attempt, every attempt, or a share of the attempts in per cent. */
  readonly how: "first" | "always" | number;
}

/** The account's behaviour for a choice; none makes it well. */
export function behaviourOf(failing: Failing | null): Record<string, unknown> {
  if (failing === null) return {};
  if (failing.how === "first") return { script: [failing.fault] };
  return { share: { [failing.fault]: failing.how === "always" ? 1 : failing.how / 100 } };
}

/** What a behaviour says, as a choice; null where it is well, undefined where it is none of the choices. */
export function failingOf(behaviour: Readonly<Record<string, unknown>>): Failing | null | undefined {
  const script = behaviour["script"] as readonly Fault[] | undefined;
  const share = behaviour["share"] as Readonly<Partial<Record<Fault, number>>> | undefined;
  if (!script?.length && !(share && Object.keys(share).length)) return null;
  if (script?.length === 1 && script[0] && !share) return { fault: script[0], how: "first" };
  const entries = Object.entries(share ?? {}) as [Fault, number][];
  const only = entries[0];
  if (script?.length || entries.length !== 1 || !only) return undefined;
  return { fault: only[0], how: only[1] === 1 ? "always" : Math.round(only[1] * 100) };
}
