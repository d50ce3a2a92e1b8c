/** What the suggest widget has selected: its text, and how much of it is in the document before the cursor. */
export interface Selected {
  readonly text: string;
  readonly typed: string;
}

/** What to insert in place of what is typed, for the suggestion to begin with what the suggest widget has selected; undefined where it says something else. */
export function extending(suggestion: string, { text, typed }: Selected): string | undefined {
  const whole = typed + suggestion;
  return whole.startsWith(text) && whole.length > text.length ? whole : undefined;
}
