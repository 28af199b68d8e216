/** The colours of code in the editor: by classes, so that the page's light and dark style decide. */
import { HighlightStyle } from '@codemirror/language';
import { tags } from '@lezer/highlight';

export const colours = HighlightStyle.define([
  { tag: tags.comment, class: 'tok-comment' },
  { tag: [tags.string, tags.special(tags.brace)], class: 'tok-string' },
  { tag: [tags.regexp, tags.escape], class: 'tok-regexp' },
  { tag: [tags.number, tags.bool, tags.standard(tags.variableName)], class: 'tok-constant' },
  { tag: tags.standard(tags.function(tags.variableName)), class: 'tok-builtin' },
  { tag: tags.function(tags.variableName), class: 'tok-function' },
  { tag: tags.typeName, class: 'tok-type' },
  { tag: [tags.keyword, tags.operator], class: 'tok-keyword' },
  { tag: tags.local(tags.variableName), class: 'tok-parameter' },
]);
