import { calibrateCommand } from './calibrate.ts';
import { cleanupCommand } from './cleanup.ts';
import { type CommandGroup, commandOf } from './command.ts';
import { compareCommand } from './compare.ts';
import { completionCommand } from './completion.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { emulateCommand } from './emulate.ts';
import { grafanaCommand } from './grafana.ts';
import { initCommand } from './init.ts';
import type { Io } from './io.ts';
import { predictCommand } from './predict.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { schemaCommand, validateCommand } from './scenario.ts';

/** Every command, in the order of the overview. What they need to work is loaded when they do. */
export function commandGroups(io: Io, settle: (exitCode: number) => void): readonly CommandGroup[] {
  return [
    {
      title: 'Write scenarios',
      commands: [
        commandOf(initCommand(io, settle)),
        commandOf(validateCommand(io, settle)),
        commandOf(schemaCommand(io, settle)),
      ],
    },
    {
      title: 'Rehearse a rollout',
      commands: [
        commandOf(predictCommand(io, settle)),
        commandOf(runCommand(io, settle)),
        commandOf(emulateCommand(io, settle)),
        commandOf(cleanupCommand(io, settle)),
      ],
    },
    {
      title: 'Read what came of it',
      commands: [
        commandOf(reportCommand(io, settle)),
        commandOf(compareCommand(io, settle)),
        commandOf(diffCommand(io, settle)),
      ],
    },
    {
      title: 'Set up',
      commands: [
        commandOf(doctorCommand(io, settle)),
        commandOf(calibrateCommand(io, settle)),
        commandOf(grafanaCommand(io, settle)),
        commandOf(completionCommand(io, settle)),
      ],
    },
  ];
}
