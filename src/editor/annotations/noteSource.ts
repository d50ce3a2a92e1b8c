import * as vscode from 'vscode';
import { LARGEST_ANNOTATED } from '../limits';
import type { AnnotationStyle } from '../configuration';
import type { Services } from '../services';
import { paragraphNotes, type ParagraphNote } from './paragraphNotes';

/** The notes of a document where they are to be shown in this style; none where Planwright is off for it or it is very long. */
export function notesFor(services: Services, document: vscode.TextDocument, style: AnnotationStyle): ParagraphNote[] {
  const { configuration, documents, labels } = services;
  if (configuration.annotationStyle(document) !== style) return [];
  const state = documents.get(document);
  if (state === undefined || state.text.length > LARGEST_ANNOTATED) return [];
  return paragraphNotes(state, configuration.annotationLabels(document), labels, vscode.l10n);
}

/** Whatever notes depend on, but edits. */
export function onNotesMayChange(services: Services, listener: () => void): vscode.Disposable {
  const { activity, documents, labels } = services;
  return vscode.Disposable.from(
    // Tells of changed settings too.
    activity.onDidChange(listener),
    documents.onDidPlan(listener),
    documents.onDidSteer(listener),
    labels.changed.listen(listener),
  );
}
