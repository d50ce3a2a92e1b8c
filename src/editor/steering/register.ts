import * as vscode from 'vscode';
import type { Services } from '../services';
import { draftParagraph, stopWriting, writeStep } from './draft';
import { allowed, banned, moved, pinned, unpinned } from './pins';
import { goTo, placeOf, type Place } from './place';
import type { Wishes } from './steering';
import { steerPick } from './steerPick';

/** Registers the commands with which a writer decides what comes next. */
export function registerSteering(services: Services): vscode.Disposable {
  const at =
    (run: (place: Place) => unknown) =>
    async (argument: unknown): Promise<void> => {
      const place = await placeOf(services, argument);
      if (place) await run(place);
    };
  const change = (how: (wishes: Wishes, place: Place) => Wishes | undefined) =>
    at(async (place) => {
      const { state, offset } = place;
      const next = how(state.steering.wishes(offset), place);
      if (next === undefined) return;
      await goTo(place, offset);
      state.steering.set(offset, next);
    });
  const commands: Record<string, (argument: unknown) => unknown> = {
    steer: at((place) => steerPick(services, place)),
    writeStep: at((place) => writeStep(services, place)),
    draftParagraph: at((place) => draftParagraph(services, place)),
    stopWriting: () => stopWriting(),
    clearSteering: at(({ state }) => state.steering.clear()),
    pin: change((wishes, { label, step }) => (label === undefined ? undefined : pinned(wishes, label, step))),
    unpin: change((wishes, { step }) => unpinned(wishes, step)),
    never: change((wishes, { label }) => (label === undefined ? undefined : banned(wishes, label))),
    allow: change((wishes, { label }) => (label === undefined ? undefined : allowed(wishes, label))),
    movePin: change((wishes, { step, to }) => (to === undefined ? undefined : moved(wishes, step, to))),
    movePinUp: change((wishes, { step }) => moved(wishes, step, step - 1)),
    movePinDown: change((wishes, { step }) => moved(wishes, step, step + 1)),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`planwright.${name}`, run)),
  );
}
