import { rejected } from '../protocol/rejections.ts';
import type { Execution } from './state.ts';

/** The attempt with that number, or the latest one. */
export function findExecution<
  E extends { readonly executionNumber: number; readonly previous: E | undefined },
>(
  view: { readonly jobs: ReadonlyMap<string, { readonly latest: ReadonlyMap<string, E> }> },
  thingName: string,
  jobId: string,
  executionNumber: number | undefined,
): E | undefined {
  let execution = view.jobs.get(jobId)?.latest.get(thingName);
  while (
    execution !== undefined &&
    executionNumber !== undefined &&
    execution.executionNumber !== executionNumber
  ) {
    execution = execution.previous;
  }
  return execution;
}

/** Whether there is an execution and, where a namespace is given, its job is in it. */
export function isInNamespace<E extends Execution>(
  execution: E | undefined,
  namespaceId: string | undefined,
): execution is E {
  if (execution === undefined) return false;
  return namespaceId === undefined || execution.job.namespaceId === namespaceId;
}

export function noThing(thingName: string) {
  return rejected('ResourceNotFound', `Thing ${thingName} not found.`);
}

export function noJob(jobId: string) {
  return rejected('ResourceNotFound', `Job ${jobId} not found.`);
}

export function noExecution(thingName: string, jobId: string, executionNumber?: number) {
  const which = executionNumber === undefined ? '' : ` with execution number ${executionNumber}`;
  return rejected(
    'ResourceNotFound',
    `Job execution not found for job ${jobId} and thing ${thingName}${which}.`,
  );
}
