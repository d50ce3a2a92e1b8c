import { Option } from 'commander';

/** An option that can be given more than once: the list of its values, in order. @param none what holds where it is not given, for the help */
export function listOption(flags: string, description: string, none = 'none'): Option {
  return new Option(flags, description)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], none);
}
