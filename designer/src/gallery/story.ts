/** A story in Markdown as parts to show: paragraphs and lists, with what is stressed in them. Pure. */

export interface Span {
  readonly text: string;
  readonly kind: "plain" | "strong" | "code";
}

export type Part = { readonly kind: "paragraph"; readonly spans: readonly Span[] } | { readonly kind: "list"; readonly items: readonly (readonly Span[])[] };

/** The parts of a story. */
export function partsOf(story: string): Part[] {
  return story.split(/\n\s*\n/).filter((part) => part.trim() !== "").map((part) => {
    if (!/^[-*] /.test(part.trim())) return { kind: "paragraph", spans: spansOf(oneLine(part)) };
    const items = part.trim().split(/\n(?=[-*] )/).map((item) => spansOf(oneLine(item.replace(/^[-*] /, ""))));
    return { kind: "list", items };
  });
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function spansOf(text: string): Span[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter(Boolean).map((part) => {
    if (part.startsWith("**")) return { kind: "strong", text: part.slice(2, -2) };
    return part.startsWith("`") ? { kind: "code", text: part.slice(1, -1) } : { kind: "plain", text: part };
  });
}
