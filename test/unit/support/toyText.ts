/** A little Markdown for the toy model to know by heart. */
export const TOY_TEXT = `# How to brew tea

Good tea needs fresh water. Boil the water first, then let it rest for a minute. Warm the pot with a little of it.

## What you need

- a pot with a lid
- two spoons of leaves
- a cup for each guest

Put the leaves into the warm pot. Pour the water over the leaves slowly. Wait for three minutes, but not for longer.

> Patience makes the tea, not the water.

## What may go wrong

The tea is bitter when the leaves stay in the pot for hours. The tea is weak when the water was not hot. If the tea is weak, wait a little more the next time.

Serve the tea in warm cups. Milk goes into the cup first, or last, as you like it. Most people drink the tea while it is hot.
`;
