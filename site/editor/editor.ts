/** The editor of examples and playground: CodeMirror with the language of this project. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { colours } from './colours.ts';
import { mark, thingsdb } from './language.ts';
import type { Mistake } from '../runner/outcome.ts';
import type { Runner } from '../runner/runner.ts';

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  /** Where the queries run, for completion. */
  readonly scope: () => string;
  readonly database: Runner;
  /** Ctrl+Enter. */
  readonly run: () => void;
  /** Whether lines have numbers. */
  readonly lines?: boolean;
}

export interface Editor {
  text(): string;
  setText(text: string): void;
  /** Marks the place of an error that came of running the text. */
  showMistake(mistake: Mistake | null): void;
  focus(): void;
  destroy(): void;
}

export function createEditor({ parent, text, scope, database, run, lines = false }: EditorOptions): Editor {
  let ran: { readonly text: string; readonly mark: Diagnostic | null } = { text: '', mark: null };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...(lines ? [lineNumbers()] : []),
        history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        thingsdb(database, scope, code => (code === ran.text ? ran.mark : null)), syntaxHighlighting(colours),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'Query' }),
        keymap.of([
          { key: 'Mod-Enter', run: () => (run(), true) },
          ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap,
        ]),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    setText: changed => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: changed } }),
    showMistake: mistake => {
      const { doc } = view.state;
      const isHere = mistake !== null && mistake.offset >= 0;
      ran = { text: doc.toString(), mark: isHere ? mark(`${mistake.name}: ${mistake.message}`, mistake.offset, doc.length) : null };
      view.dispatch(setDiagnostics(view.state, ran.mark === null ? [] : [ran.mark]));
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
