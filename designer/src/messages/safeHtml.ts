/**
 * The HTML of a message made fit to be looked at: nothing in it runs, loads or leads away. The frame that shows it has a
 * sandbox and a policy of its own; this takes out what even they would let a reader stumble over, and finds the links.
 */

export interface MessageLink {
  readonly url: string;
  readonly words: string;
}

export interface SafeHtml {
  /** The whole page for the frame. Its links carry their number as `data-link`, and lead nowhere by themselves. */
  readonly page: string;
  readonly links: readonly MessageLink[];
}

const REFUSED = "script,noscript,iframe,frame,frameset,object,embed,applet,base,link,meta,portal,form,template,audio,video,source,track";
const LOADING = ["src", "srcset", "poster", "background", "ping", "action", "formaction", "xlink:href"];
const POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'";
const LOOK = `
html{color-scheme:light;background:#fff}
body{margin:0;padding:16px;color:#1a202c;font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
img{max-width:100%;height:auto}
a[data-link]{color:#1d4ed8;text-decoration:underline;cursor:pointer}
a[data-link]:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px;border-radius:2px}`;

/** The page for the frame, and the links that it holds in the order in which one reads them. */
export function safeHtml(html: string): SafeHtml {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const element of parsed.querySelectorAll(REFUSED)) element.remove();
  const links: MessageLink[] = [];
  for (const element of parsed.querySelectorAll("*")) {
    for (const name of element.getAttributeNames()) {
      if (name.toLowerCase().startsWith("on")) element.removeAttribute(name);
    }
    for (const name of LOADING) {
      const value = element.getAttribute(name);
      if (value !== null && !/^data:image\//i.test(value.trim())) element.removeAttribute(name);
    }
    const url = element.getAttribute("href");
    if (url === null) continue;
    element.removeAttribute("href");
    element.removeAttribute("target");
    if (element.tagName.toLowerCase() === "a" && webAddress(url)) {
      element.setAttribute("data-link", String(links.length));
      element.setAttribute("role", "link");
      element.setAttribute("tabindex", "0");
      links.push({ url, words: wordsOf(element) || url });
    }
  }
  const styles = [...parsed.querySelectorAll("head style")].map((style) => style.outerHTML).join("");
  const body = parsed.body;
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Message</title><style>${LOOK}</style>${styles}</head>${body.outerHTML}</html>`;
  return { page, links };
}

export interface Piece {
  readonly text: string;
  readonly url?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/gi;

/** A text in pieces: words, and the web addresses in it. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) });
    pieces.push({ text: found[0], url: found[0] });
    from = found.index + found[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

function webAddress(url: string): boolean {
  return /^https?:\/\//i.test(url.trim());
}

function wordsOf(element: Element): string {
  const text = element.textContent.replace(/\s+/g, " ").trim();
  return text || (element.querySelector("img")?.getAttribute("alt") ?? "");
}
