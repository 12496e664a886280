/** The HTML of an email in a frame in which nothing runs or loads. Its links tell that they were clicked. */

import { useEffect, useMemo, useRef, useState } from "react";

import { safeHtml } from "./safeHtml";

interface EmailFrameProps {
  readonly html: string;
  /** For those who cannot see it: what the frame shows. */
  readonly title: string;
  readonly onLink?: ((url: string) => void) | undefined;
  /** The frame is as tall as its message, up to this many pixels. */
  readonly tallest?: number;
}

const LEAST = 80;

export function EmailFrame({ html, title, onLink, tallest = 4000 }: EmailFrameProps) {
  const safe = useMemo(() => safeHtml(html), [html]);
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(LEAST);

  // The frame may not run scripts, so that this page listens inside it; that it has our origin is what makes this possible.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let stop: (() => void) | undefined;
    const begin = (): void => {
      stop?.();
      const inner = element.contentDocument;
      if (inner) stop = listen(inner, safe.links.map((link) => link.url), onLink, (tall) => setHeight(Math.min(tallest, Math.max(LEAST, tall))));
    };
    element.addEventListener("load", begin);
    begin();
    return () => {
      element.removeEventListener("load", begin);
      stop?.();
    };
  }, [safe, onLink, tallest]);

  return <iframe ref={frame} className="message-frame" title={title} sandbox="allow-same-origin" srcDoc={safe.page} style={{ height }} />;
}

function listen(inner: Document, urls: readonly string[], onLink: ((url: string) => void) | undefined, grown: (tall: number) => void): () => void {
  const clicked = (event: Event): void => {
    if (event.type === "keydown" && (event as KeyboardEvent).key !== "Enter") return;
    const link = (event.target as Element | null)?.closest("[data-link]");
    const url = urls[Number(link?.getAttribute("data-link") ?? NaN)];
    if (url === undefined) return;
    event.preventDefault();
    onLink?.(url);
  };
  const body = inner.body as HTMLElement | null;
  const measure = (): void => {
    if (body) grown(body.scrollHeight + 2);
  };
  inner.addEventListener("click", clicked);
  inner.addEventListener("keydown", clicked);
  const watcher = new ResizeObserver(measure);
  if (body) watcher.observe(body);
  measure();
  return () => {
    watcher.disconnect();
    inner.removeEventListener("click", clicked);
    inner.removeEventListener("keydown", clicked);
  };
}
