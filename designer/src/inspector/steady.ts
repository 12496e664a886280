/** The form stays where the hand is: what the checks say comes a moment later, and pushes away whatever stands below it. */

import { useContext, useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { useStore } from "zustand";

import { ProblemsContext } from "../problems/store";

interface Place {
  readonly element: Element;
  readonly top: number;
}

/** Keep what has the focus at its place on the screen while the problems change around it. */
export function useSteady(box: RefObject<HTMLElement | null>): void {
  const problems = useContext(ProblemsContext);
  const diagnostics = useStore(problems, (state) => state.diagnostics);
  const before = useRef<Place>(undefined);
  // Told before anything is drawn anew.
  useEffect(() => problems.subscribe(() => { before.current = placeOfFocus(box.current); }), [problems, box]);
  useLayoutEffect(() => {
    const was = before.current;
    before.current = undefined;
    if (!was?.element.isConnected) return;
    const scroller = scrollerOf(was.element);
    if (scroller) scroller.scrollTop += was.element.getBoundingClientRect().top - was.top;
  }, [diagnostics]);
}

function placeOfFocus(box: HTMLElement | null): Place | undefined {
  const element = document.activeElement;
  return element && box?.contains(element) ? { element, top: element.getBoundingClientRect().top } : undefined;
}

function scrollerOf(element: Element): Element | undefined {
  for (let one = element.parentElement; one; one = one.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return undefined;
}
