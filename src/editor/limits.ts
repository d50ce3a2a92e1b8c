/** In characters. Beyond it the plan of the whole document is not computed; completions still are, for they need the text nearby only. */
export const LARGEST_ANNOTATED = 1_000_000;
