/** The steps of the tour: what each asks for, and which is the present one. Pure. */

import type { Schemas } from "../api/client";

export type Tour = Schemas["TourOut"];
export type StepKey = Schemas["StepOut"]["key"];

interface Told {
  readonly title: string;
  readonly text: string;
  /** What is said of it once it has happened. */
  readonly after: string;
}

export const STEPS: Readonly<Record<StepKey, Told>> = {
  publish: {
    title: "Look at the journey, and publish it",
    text: "It is drawn on the right. An email with the spring offer goes to everybody. Who does not open it within two days gets the same offer by SMS. Who visits the page, and has not bought two days later, gets a code for 20 % off.",
    after: "Published as version 1. From now on it cannot change: who is inside finishes on it.",
  },
  enter: { title: "Let five people in", text: "Mario, Lucia, Paolo, Sara and Nico enter together, as a campaign does it for a million.", after: "All five are inside. The numbers on the journey show where." },
  arrived: { title: "The email goes out", text: "The journey renders each email for its reader, and sends it to the sandbox.", after: "Mario's email shows what he had looked at, with his prices. Paolo has no email: he got an SMS at once." },
  opened: { title: "You are Mario: open the email", text: "Open it in Mario's mailbox. You have two days, which is 40 seconds; after that the journey texts him, too.", after: "The journey heard of it: Mario has left “Opened?”." },
  clicked: { title: "Click the button in the email", text: "“See the offer”, in the email.", after: "The click is an event of Mario's, with its time." },
  visited: { title: "Let Mario visit the page", text: "The link leads to your shop. There is none here: press “Mario visits the page”, and Wend is told as a shop would tell it.", after: "From this visit on the two days count." },
  reminded: { title: "Lucia does not open hers", text: "Nobody opens Lucia's email. When her two days are over, the same offer comes to her by SMS.", after: "Two days without an open: Lucia got the same promotion by SMS." },
  texted: { title: "Two days pass, and Mario has not bought", text: "You need not do anything: his wait ends by itself, and a code of his own arrives on his phone.", after: "A code for Mario alone, by SMS. Ask “why did he get this?” on his page." },
  bought: { title: "Buy with the code", text: "Click the link in Mario's SMS, and press “Mario buys”.", after: "The order came with the code, which is used up now." },
  converted: { title: "Mario's journey ends", text: "The goal watches from the moment he entered: an order online ends the journey wherever he stands.", after: "Ended with “converted”." },
};

export type Look = "done" | "now" | "later" | "skipped";

/** How each step looks: the first that is not done is the present one; what an early purchase made needless is skipped. */
export function looksOf(steps: Tour["steps"]): readonly Look[] {
  const over = steps.some((step) => step.key === "converted" && step.done);
  const needless: readonly StepKey[] = over ? ["arrived", "opened", "clicked", "visited", "texted", "bought"] : [];
  let present = false;
  return steps.map((step) => {
    if (step.done) return "done";
    if (needless.includes(step.key)) return "skipped";
    if (waitsBeside(step.key, steps)) return "later";
    if (present) return "later";
    present = true;
    return "now";
  });
}

/** Lucia's days go by beside Mario's: while they do, it is his steps that ask for something. */
function waitsBeside(key: StepKey, steps: Tour["steps"]): boolean {
  if (key !== "reminded") return false;
  return steps.some((step) => !step.done && (step.key === "opened" || step.key === "clicked" || step.key === "visited" || step.key === "texted"));
}

/** The present step, if any is left. */
export function presentStep(tour: Tour): Tour["steps"][number] | undefined {
  const looks = looksOf(tour.steps);
  return tour.steps.find((_, index) => looks[index] === "now");
}

/** How many are over, of how many. */
export function progressOf(tour: Tour): { readonly over: number; readonly all: number } {
  const looks = looksOf(tour.steps);
  return { over: looks.filter((look) => look === "done" || look === "skipped").length, all: looks.length };
}
