/** A step must not be too few times repeated to learn at all, nor the text so often that it is learnt by heart. */
const FEWEST_STEPS = 12;
const MOST_EPOCHS = 8;

/** How many steps a run makes: as many as fit in the time, but no more than read the text so often. @param stepMs what one takes */
export function stepsFor(stepMs: number, textTokens: number, tokensPerStep: number, minutes: number): number {
  const inTime = Math.floor((minutes * 60_000) / stepMs);
  const ofText = Math.ceil((MOST_EPOCHS * textTokens) / tokensPerStep);
  return Math.max(FEWEST_STEPS, Math.min(inTime, ofText));
}
