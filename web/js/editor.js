/** The editor: CodeMirror 6 for Python. It folds the functions and classes of other exercises. */
import { autocompletion, closeCompletion } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  ensureSyntaxTree,
  foldEffect,
  indentService,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { Annotation, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { basicSetup } from "codemirror";

const fromElsewhere = Annotation.define();

/**
 * After Enter, indent like the statement above, and one level deeper after a colon or inside a
 * bracket. CodeMirror's own rule for Python does not indent if the function's body was just
 * deleted.
 */
const afterEnter = indentService.of((context, place) => {
  if (context.simulatedBreak !== place) return undefined;
  const { doc } = context.state;
  let first = doc.lineAt(place);
  const text = doc.sliceString(first.from, place);
  const opened = brackets(text);
  for (let depth = opened; depth < 0 && first.number > 1; depth += brackets(first.text))
    first = doc.line(first.number - 1);
  const deeper = opened > 0 || /:\s*(#.*)?$/.test(text);
  return context.lineIndent(first.from, -1) + (deeper ? context.unit : 0);
});

/** Opening minus closing brackets of a line; negative if it closes more. @param {string} text */
function brackets(text) {
  return (text.match(/[([{]/g)?.length ?? 0) - (text.match(/[)\]}]/g)?.length ?? 0);
}

/**
 * @param {HTMLElement} parent
 * @param {{text: string, label: string, described: string, exercise: string,
 *   onChange: (text: string) => void, onCheck: () => void}} options
 */
export function createEditor(parent, options) {
  let clicked = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          {
            key: "Mod-Enter",
            run: (editor) => {
              closeCompletion(editor);
              options.onCheck();
              return true;
            },
          },
          indentWithTab,
        ]),
        basicSetup,
        // Suggestions only after Ctrl+Space: while one types, they would take the Enter key.
        autocompletion({ activateOnTyping: false }),
        python(),
        EditorView.lineWrapping,
        indentUnit.of("    "),
        afterEnter,
        syntaxHighlighting(classHighlighter),
        EditorView.contentAttributes.of({
          "aria-label": options.label,
          "aria-describedby": options.described,
          tabindex: "0",
        }),
        EditorView.domEventHandlers({
          pointerdown() {
            clicked = true;
          },
          blur() {
            clicked = false;
          },
          focus(_, editor) {
            // Focus by keyboard: the cursor may be out of view. A click places it in view.
            if (!clicked) showCaret(editor);
          },
        }),
        EditorView.updateListener.of((update) => {
          const own = !update.transactions.some((one) => one.annotation(fromElsewhere));
          if (update.docChanged && own) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  showExercise(view, options.exercise);
  return {
    view,
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    /**
     * Show a text that was written elsewhere, such as in another tab, without saving it again.
     * @param {string} text
     */
    setText(text) {
      const before = view.state.doc.toString();
      if (text === before) return;
      const shorter = Math.min(text.length, before.length);
      let start = 0;
      while (start < shorter && text[start] === before[start]) start++;
      let end = 0;
      while (end < shorter - start && text.at(-1 - end) === before.at(-1 - end)) end++;
      // Replace only the part that differs, so that the cursor keeps its place in the text.
      view.dispatch({
        changes: {
          from: start,
          to: before.length - end,
          insert: text.slice(start, text.length - end),
        },
        annotations: fromElsewhere.of(true),
      });
    },
  };
}

/**
 * Fold every other function and class of the file, and bring the exercise into view.
 * @param {EditorView} view @param {string} exercise
 */
function showExercise(view, exercise) {
  const { state } = view;
  const tree = ensureSyntaxTree(state, state.doc.length, 500);
  if (!tree) return;
  const effects = [];
  let top = 0;
  let place = 0;
  for (let node = tree.topNode.firstChild; node; node = node.nextSibling) {
    const definition = node.name === "DecoratedStatement" ? node.lastChild : node;
    if (!definition || !/^(Function|Class)Definition$/.test(definition.name)) continue;
    const name = definition.getChild("VariableName");
    if (name && state.sliceDoc(name.from, name.to) === exercise) {
      const inside = state.sliceDoc(node.from, node.to);
      const todo = inside.indexOf("# YOUR CODE HERE");
      place = node.from + Math.max(todo, 0);
      top = node.from;
    } else {
      const body = definition.getChild("Body");
      if (body && body.to > body.from)
        effects.push(foldEffect.of({ from: body.from, to: body.to }));
    }
  }
  view.dispatch({ effects, selection: { anchor: place } });
  scrollTo(view, top, 10);
}

/** @param {EditorView} view */
function showCaret(view) {
  // A focus event can occur during an update, when CodeMirror does not allow a dispatch.
  requestAnimationFrame(() => {
    const { head } = view.state.selection.main;
    view.dispatch({ effects: EditorView.scrollIntoView(head, { y: "center" }) });
  });
}

/**
 * Scroll only the editor: EditorView.scrollIntoView would scroll the page too, past the story.
 * CodeMirror estimates the heights of lines that it has not drawn yet, so scroll in several steps.
 * @param {EditorView} view @param {number} place @param {number} steps
 */
function scrollTo(view, place, steps) {
  if (!steps || view.hasFocus) return;
  view.scrollDOM.scrollTop = view.lineBlockAt(place).top;
  requestAnimationFrame(() => scrollTo(view, place, steps - 1));
}
