/** A text to write on in. */
export const ESSAY = `# Why we bake

People have baked bread for thousands of years. It needs little: flour, water, salt and time. However, most of us buy it in a shop, because we believe that we have no time.

## What it takes

First, mix the flour with the water and leave it alone for an hour. Then add the salt and a little yeast.
`;

/** The bundled model is small and seldom sure of itself: with this setting it speaks more often. */
export const EAGER = {
  'planwright.completions.confidence': 'eager',
  // The list of words that a stop may bring up (it asks for file names) takes the place of ghost text.
  'editor.suggestOnTriggerCharacters': false,
} as const;

/** Beginnings that the bundled model has something to say to. */
export const OPENINGS = [
  'At the end of the ',
  'This is one of the ',
  'The first thing to ',
  'This is the first ',
  'It is important to ',
];
