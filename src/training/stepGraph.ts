import { GraphBuilder, gradients, type Graph } from '../graph/index';
import type { ModelConfig } from '../model/config';
import { accumulate, accumulatedGroups } from './accumulation';
import type { Hyperparameters } from './hyperparameters';
import { jointLosses, type Losses } from './jointGraph';
import { adamW, type ParameterGroup } from './optimiser';
import { GROUPS, ParameterBook, type Group } from './parameterBook';
import { tunesPlanner, type TrainingRow } from './rows';

/** A graph, and the parameters and frozen weights it has. */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly book: ParameterBook;
}

/** What is tuned in a row. */
function tunedGroups(row: TrainingRow): readonly Group[] {
  return GROUPS.filter((group) => group === 'lm' || (group === 'adapter' ? row !== 'none' : tunesPlanner(row)));
}

function joint(name: string, config: ModelConfig, options: Hyperparameters): { book: ParameterBook; losses: Losses } {
  const book = new ParameterBook(new GraphBuilder(name), {
    tuned: tunedGroups(options.row),
    lowRank: options.lowRank,
  });
  const losses = jointLosses(book, config, {
    row: options.row,
    shape: options,
    plannerTerm: options.plannerTerm,
    checkpointing: options.checkpointing,
  });
  book.builder.output('lmLoss', losses.lm);
  if (losses.planner !== undefined) book.builder.output('plannerLoss', losses.planner);
  return { book, losses };
}

function groupsOf(book: ParameterBook, losses: Losses): ParameterGroup[] {
  const { parameters } = book;
  const all = gradients(
    losses.total,
    parameters.map(({ value }) => value),
  );
  return GROUPS.map((name): ParameterGroup => {
    const own = parameters.flatMap(({ group, value }, i) => (group === name ? [{ value, gradient: all[i]! }] : []));
    return { name, parameters: own.map(({ value }) => value), gradients: own.map(({ gradient }) => gradient) };
  }).filter((group) => group.parameters.length > 0);
}

/** Forward pass, backward pass and optimiser in one graph: outputs of adamW, and the losses `lmLoss` and `plannerLoss`. */
export function stepGraph(config: ModelConfig, options: Hyperparameters): TrainingGraph {
  const { book, losses } = joint('joint step', config, options);
  adamW(groupsOf(book, losses), options);
  return { graph: book.builder.build(), book };
}

/** Forward and backward pass of one of several runs that make a step: the gradients are added to `sums.<parameter>`. */
export function gradientGraph(config: ModelConfig, options: Hyperparameters): TrainingGraph {
  const { book, losses } = joint('joint gradients', config, options);
  accumulate(groupsOf(book, losses));
  return { graph: book.builder.build(), book };
}

/** The optimiser alone, over the sums of gradients of several runs. */
export function updateGraph({ parameters }: ParameterBook, options: Hyperparameters): Graph {
  const builder = new GraphBuilder('update');
  const byGroup = GROUPS.map((name) => [name, parameters.filter(({ group }) => group === name)] as const);
  const { groups, scale } = accumulatedGroups(
    builder,
    Object.fromEntries(byGroup.filter(([, members]) => members.length > 0)),
  );
  adamW(groups, { ...options, scale });
  return builder.build();
}

/** The losses alone, for held-out documents. */
export function lossGraph(config: ModelConfig, options: Hyperparameters): TrainingGraph {
  const { book } = joint('joint losses', config, { ...options, checkpointing: false });
  return { graph: book.builder.build(), book };
}
