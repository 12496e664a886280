/** Templates in CodeMirror: colours for tags, completion, and the engine's word on what is wrong. */

import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { html } from "@codemirror/lang-html";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { RangeSetBuilder, type Extension } from "@codemirror/state";
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { completionAt, spansOf, type KnownVariable, type Look } from "./jinja";

const MARKS: Readonly<Record<Look, Decoration>> = {
  tag: Decoration.mark({ class: "jinja-tag" }),
  comment: Decoration.mark({ class: "jinja-comment" }),
  variable: Decoration.mark({ class: "jinja-variable" }),
  filter: Decoration.mark({ class: "jinja-filter" }),
  keyword: Decoration.mark({ class: "jinja-keyword" }),
  string: Decoration.mark({ class: "jinja-string" }),
  number: Decoration.mark({ class: "jinja-number" }),
};

function decorated(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, look } of spansOf(view.state.doc.toString())) builder.add(from, to, MARKS[look]);
  return builder.finish();
}

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorated(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = decorated(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const HTML_LOOK = HighlightStyle.define([
  { tag: tags.tagName, class: "html-tag" },
  { tag: tags.angleBracket, class: "html-bracket" },
  { tag: tags.attributeName, class: "html-attribute" },
  { tag: tags.attributeValue, class: "html-value" },
  { tag: tags.comment, class: "jinja-comment" },
]);

/** The extensions for one part of a template; `variables` is asked anew at each completion. */
export function templateLanguage(isHtml: boolean, variables: () => readonly KnownVariable[]): Extension {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const found = completionAt(context.state.doc.toString(), context.pos, variables());
    if (!found) return null;
    const typed = context.pos > found.from;
    if (!typed && !context.explicit && !/[|{%]\s*$/.test(context.state.sliceDoc(Math.max(0, found.from - 3), found.from))) return null;
    return {
      from: found.from,
      options: found.offers.map((one) => ({ label: one.label, detail: one.detail.slice(0, 40), type: one.kind })),
      validFor: /^[\w.]*$/,
    };
  };
  if (!isHtml) return [colours, autocompletion({ override: [complete] })];
  const language = html({ autoCloseTags: true });
  // In HTML the words of HTML are offered too, but for those inside a template's tag.
  return [language, syntaxHighlighting(HTML_LOOK), colours, language.language.data.of({ autocomplete: complete }), autocompletion()];
}
