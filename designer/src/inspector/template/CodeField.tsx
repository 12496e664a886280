/** One part of a template in a code editor that knows its variables and shows what is wrong where it is. */

import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Annotation, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder as emptyText } from "@codemirror/view";
import { Input } from "@mantine/core";
import { useEffect, useId, useRef, type CSSProperties, type ReactNode } from "react";

import type { Schemas } from "../../api/client";
import { changeBetween, type KnownVariable } from "./jinja";
import { templateLanguage } from "./language";
import "./template.css";

/** A change that came from the document, not from who types here. */
const fromOutside = Annotation.define<boolean>();

export type Fault = Schemas["TemplateFaultPlace"];

interface CodeFieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly required?: boolean;
  /** What is wrong besides the faults, said in their stead. */
  readonly error?: ReactNode;
  /** How many lines are seen at least. */
  readonly rows?: number;
  readonly kind: "line" | "text" | "html";
  readonly value: string;
  readonly placeholder?: string;
  readonly variables: readonly KnownVariable[];
  readonly faults: readonly Fault[];
  readonly onChange: (value: string) => void;
  readonly onBlur: () => void;
  /** The field has the caret: what is picked is put into it. */
  readonly onFocus?: (insert: (text: string) => void) => void;
  /** The field is there: what is given puts a text where the caret last stood; at the end where it never was. */
  readonly onMade?: (insert: (text: string) => void) => void;
}

export function CodeField({ label, help, required = false, error, rows, kind, value, placeholder, variables, faults, onChange, onBlur, onFocus, onMade }: CodeFieldProps) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef<Latest["current"]>({ variables, onChange, onBlur });
  useEffect(() => { latest.current = { variables, onChange, onBlur, ...(onFocus && { onFocus }), ...(onMade && { onMade }) }; });

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({ doc: value, extensions: extensionsOf(kind, id, placeholder ?? "", latest) }),
    });
    view.current = made;
    latest.current.onMade?.(inserting(made));
    return () => made.destroy();
    // The editor is made once: what changes later comes in by the effects below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind, id]);

  useEffect(() => {
    const editor = view.current;
    const now = editor?.state.doc.toString();
    if (editor && now !== undefined && now !== value) editor.dispatch({ changes: changeBetween(now, value), annotations: fromOutside.of(true) });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, faults.map((one) => placed(editor.state, one))));
  }, [faults]);

  const first = faults[0];
  const said = error ?? (first ? `${first.line > 1 ? `Line ${String(first.line)}: ` : ""}${first.text} ${first.fix}` : undefined);
  return (
    <Input.Wrapper label={label} withAsterisk={required} labelProps={{ id: `${id}-label` }} descriptionProps={{ id: `${id}-help` }} errorProps={{ id: `${id}-error` }} labelElement="div" description={help} error={said}>
      <div ref={place} className={`code-field code-${kind}`} style={rows === undefined ? undefined : { "--code-rows": rows } as CSSProperties} />
    </Input.Wrapper>
  );
}

interface Latest {
  readonly current: Pick<CodeFieldProps, "variables" | "onChange" | "onBlur" | "onFocus" | "onMade">;
}

function extensionsOf(kind: CodeFieldProps["kind"], id: string, empty: string, latest: Latest): Extension {
  return [
    history(),
    closeBrackets(),
    templateLanguage(kind === "html", () => latest.current.variables),
    kind === "html" ? [lineNumbers(), lintGutter()] : [],
    emptyText(empty),
    keymap.of(completionKeymap),
    EditorView.lineWrapping,
    kind === "line" ? oneLine() : [],
    // Tab leaves the field: a keyboard must find its way out.
    keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.contentAttributes.of({ "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-help ${id}-error`, spellcheck: kind === "html" ? "false" : "true" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside))) latest.current.onChange(update.state.doc.toString());
    }),
    EditorView.domEventHandlers({
      focus: (_, view) => { latest.current.onFocus?.(inserting(view)); },
      blur: () => latest.current.onBlur(),
    }),
  ];
}

function inserting(view: EditorView): (text: string) => void {
  let seen = view.hasFocus;
  view.contentDOM.addEventListener("focus", () => { seen = true; }, { once: true });
  return (text) => {
    if (!seen) view.dispatch({ selection: { anchor: view.state.doc.length } });
    view.dispatch(view.state.replaceSelection(text));
    view.focus();
  };
}

function oneLine(): Extension {
  return [
    keymap.of([{ key: "Enter", run: () => true }]),
    EditorView.clipboardInputFilter.of((text) => text.replace(/\s*\n\s*/g, " ")),
    EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 && transaction.annotation(fromOutside) === undefined ? [] : transaction)),
  ];
}

function placed(state: EditorState, fault: Fault): Diagnostic {
  const line = state.doc.line(Math.min(Math.max(fault.line, 1), state.doc.lines));
  const from = Math.min(line.from + fault.column - 1, line.to);
  return { from, to: Math.min(from + fault.length, line.to), severity: fault.about === "template" ? "error" : "warning", message: `${fault.text} ${fault.fix}` };
}
