import { EngineCancelled } from '../../engine/engine';
import type { StorePlace, StoreState } from '../../engine/training/protocol';
import type { Training } from '../../engine/training/training';
import type { Localiser } from '../localiser';
import type { Figures } from './figures';
import type { WorkspaceModels } from './models';
import type { TrainingUi } from './ui';

export interface ModelCommandParts {
  readonly training: Training;
  readonly models: WorkspaceModels;
  readonly ui: TrainingUi;
  readonly l10n: Localiser;
  readonly figures: Figures;
  /** Ends a run of this window and waits for its end, so that it does not bring back what is deleted. */
  abandonRun(): Promise<void>;
}

/** What a writer can do with the workspace's model besides making one. Each command tells what came of it, failures too. */
export class ModelCommands {
  constructor(private readonly parts: ModelCommandParts) {}

  /** Uses the other of starter and workspace model. */
  switch(): Promise<void> {
    return this.withModel(async (place, { using }) => {
      const { training, models, ui, l10n } = this.parts;
      models.replaced(await training.use(place, using === 'workspace' ? 'starter' : 'workspace'));
      ui.note(
        using === 'workspace' ? l10n.t('the bundled model is in use') : l10n.t('the model of this workspace is in use'),
      );
    });
  }

  /** Deletes everything that was learnt from this workspace, once the writer has confirmed it. */
  forget(): Promise<void> {
    return this.guarded(async (place) => {
      const { training, models, ui, l10n, figures } = this.parts;
      // A store that is damaged is to be forgotten too.
      const model = (await models.look().catch(() => undefined))?.model;
      const confirmed = await ui.ask({
        message: l10n.t('Forget everything that was learnt from this workspace?'),
        detail: [
          ...(model ? [l10n.t('Its model of {0} is deleted.', figures.moment(model.createdAt))] : []),
          l10n.t(
            'Checkpoints, caches and the report in “{0}” are deleted too. This cannot be undone. Your documents are not touched.',
            place.store,
          ),
        ].join('\n'),
        choices: [{ label: l10n.t('Forget'), value: true }],
      });
      if (confirmed !== true) return;
      await this.parts.abandonRun();
      await training.forget(place);
      models.replaced({ using: 'starter', model: null });
      ui.note(l10n.t('everything learnt from this workspace was deleted'));
    });
  }

  /** Copies the workspace's model to a file of the writer's choice. */
  export(): Promise<void> {
    return this.withModel(async (place) => {
      const { training, ui, l10n } = this.parts;
      const file = await ui.pickFile('export');
      if (file === undefined) return;
      await ui.during(l10n.t('Planwright: exporting the model of this workspace'), (signal) =>
        training.exportTo({ ...place, file }, signal),
      );
      ui.tell(
        'information',
        l10n.t(
          'The model of this workspace was exported to “{0}”. It holds no documents, but it may repeat phrases of them: give it only to those who may read them.',
          file,
        ),
      );
    });
  }

  /** Takes over a model from a file, and uses it. One that is replaced is asked about first. */
  import(): Promise<void> {
    return this.guarded(async (place) => {
      const { training, models, ui, l10n, figures } = this.parts;
      const file = await ui.pickFile('import');
      if (file === undefined) return;
      const model = (await models.look())?.model;
      if (model) {
        const confirmed = await ui.ask({
          message: l10n.t('Replace the model of this workspace?'),
          detail: l10n.t(
            'Its model of {0} is deleted when the imported one has been checked. Export it first to keep it.',
            figures.moment(model.createdAt),
          ),
          choices: [{ label: l10n.t('Replace'), value: true }],
        });
        if (confirmed !== true) return;
      }
      const state = await ui.during(l10n.t('Planwright: checking the model'), (signal) =>
        training.importFrom({ ...place, file }, signal),
      );
      models.replaced(state);
      ui.tell('information', l10n.t('The imported model is in use in this workspace.'));
    });
  }

  private withModel(work: (place: StorePlace, state: StoreState) => Promise<void>): Promise<void> {
    return this.guarded(async (place) => {
      const { models, ui, l10n } = this.parts;
      const state = await models.look();
      if (state?.model) return work(place, state);
      ui.tell('information', l10n.t('This workspace has no model of its own yet: the bundled model is in use.'), [
        { title: l10n.t('Fine-tune…'), run: () => ui.execute('planwright.fineTune') },
      ]);
    });
  }

  private async guarded(work: (place: StorePlace) => Promise<void>): Promise<void> {
    const { models, ui, l10n } = this.parts;
    const { place } = models;
    if (place === undefined) {
      ui.tell('information', l10n.t('No folder is open, so there is no workspace to have a model.'));
      return;
    }
    try {
      await work(place);
    } catch (error) {
      if (!(error instanceof EngineCancelled)) ui.tell('warning', (error as Error).message);
    }
  }
}
