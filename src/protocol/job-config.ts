import { limits } from './limits.ts';
import {
  findScheduleViolations,
  findWindowViolations,
  type MaintenanceWindow,
  type SchedulingConfig,
} from './schedule.ts';
import { controlPlane } from './service-model.ts';
import { type Tag, tagViolations } from './tags.ts';
import { findViolations, type Violation, violation } from './validation.ts';

export type TargetSelection = 'SNAPSHOT' | 'CONTINUOUS';

export interface RolloutConfig {
  readonly maximumPerMinute?: number;
  readonly exponentialRate?: {
    readonly baseRatePerMinute: number;
    readonly incrementFactor: number;
    readonly rateIncreaseCriteria: {
      readonly numberOfNotifiedThings?: number;
      readonly numberOfSucceededThings?: number;
    };
  };
}

export type AbortFailureType = 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';

export interface AbortCriterion {
  readonly failureType: AbortFailureType;
  readonly action: 'CANCEL';
  readonly thresholdPercentage: number;
  readonly minNumberOfExecutedThings: number;
}

export interface AbortConfig {
  readonly criteriaList: readonly AbortCriterion[];
}

export interface TimeoutConfig {
  readonly inProgressTimeoutInMinutes?: number;
}

export interface RetryCriterion {
  readonly failureType: 'FAILED' | 'TIMED_OUT' | 'ALL';
  readonly numberOfRetries: number;
}

export interface RetryConfig {
  readonly criteriaList: readonly RetryCriterion[];
}

export interface PresignedUrlConfig {
  readonly roleArn?: string;
  readonly expiresInSec?: number;
}

/** The settings of a job that UpdateJob may replace. */
export interface JobSettings {
  readonly description?: string;
  readonly presignedUrlConfig?: PresignedUrlConfig;
  readonly jobExecutionsRolloutConfig?: RolloutConfig;
  readonly abortConfig?: AbortConfig;
  readonly timeoutConfig?: TimeoutConfig;
  readonly jobExecutionsRetryConfig?: RetryConfig;
}

/** CreateJobTemplate as AWS takes it (reference §7.2). */
export interface CreateTemplateRequest extends JobSettings {
  readonly jobTemplateId: string;
  readonly description: string;
  readonly jobArn?: string;
  readonly document?: string;
  /** As in {@link CreateJobRequest}: the engine wants the text in `document` as well. */
  readonly documentSource?: string;
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
  readonly destinationPackageVersions?: readonly string[];
  readonly tags?: readonly Tag[];
}

/** CreateJob as AWS takes it (reference §7.1). */
export interface CreateJobRequest extends JobSettings {
  readonly jobId: string;
  readonly targets: readonly string[];
  readonly document?: string;
  /** The engine wants the text that was read from it in `document`, and only tells the URL again. */
  readonly documentSource?: string;
  readonly targetSelection?: TargetSelection;
  readonly tags?: readonly Tag[];
  readonly namespaceId?: string;
  readonly jobTemplateArn?: string;
  readonly documentParameters?: Readonly<Record<string, string>>;
  readonly schedulingConfig?: SchedulingConfig;
  readonly destinationPackageVersions?: readonly string[];
}

/**
 * Everything wrong with a CreateJob request that can be told without looking at the account: the
 * model's constraints, then those that only AWS's prose states (reference §0.5).
 */
export function findCreateJobViolations(request: unknown): Violation[] {
  const violations = findViolations(controlPlane, 'CreateJobRequest', request);
  if (violations.length > 0) return violations;
  const job = request as CreateJobRequest;
  return [
    ...documentViolations(job, job.jobTemplateArn !== undefined),
    ...settingsViolations(job),
    ...findScheduleViolations(job.schedulingConfig, job.targetSelection),
    ...namespaceViolations(job.namespaceId),
    ...resourceViolations(job),
  ];
}

/** The same for CreateJobTemplate. */
export function findCreateTemplateViolations(request: unknown): Violation[] {
  const violations = findViolations(controlPlane, 'CreateJobTemplateRequest', request);
  if (violations.length > 0) return violations;
  const template = request as CreateTemplateRequest;
  return [
    ...documentViolations(template, template.jobArn !== undefined),
    ...settingsViolations(template),
    ...findWindowViolations(['maintenanceWindows'], template.maintenanceWindows ?? []),
    ...resourceViolations(template),
  ];
}

/** The same for UpdateJob; there the only retry setting allowed is none (reference §4.2). */
export function findUpdateJobViolations(request: unknown): Violation[] {
  const violations = findViolations(controlPlane, 'UpdateJobRequest', request);
  return violations.length > 0 ? violations : [...settingsViolations(request as JobSettings)];
}

/** Packages and tags, which jobs and templates have in common. */
function* resourceViolations(
  request: Pick<CreateTemplateRequest, 'destinationPackageVersions' | 'tags'>,
): Generator<Violation> {
  const { destinationPackageVersions: versions = [], tags } = request;
  if (versions.length > limits.packageVersionsMax) {
    yield violation(
      ['destinationPackageVersions'],
      versions,
      `have length less than or equal to ${limits.packageVersionsMax}`,
    );
  }
  yield* tagViolations(tags, limits.tagsMax);
}

/** `hasOther`: without a document of its own there is that of a template or of another job. */
/** The model knows no bound; reference §0.5. */
function* namespaceViolations(namespaceId = ''): Generator<Violation> {
  const { namespaceIdMax } = limits;
  if (namespaceId.length <= namespaceIdMax) return;
  yield violation(
    ['namespaceId'],
    namespaceId,
    `have length less than or equal to ${namespaceIdMax}`,
  );
}

function* documentViolations(
  job: Pick<CreateJobRequest, 'document' | 'documentSource'>,
  hasOther: boolean,
): Generator<Violation> {
  if (job.document === undefined) {
    if (job.documentSource === undefined && !hasOther) {
      yield violation(['document'], undefined, 'not be null');
    }
    return;
  }
  if (job.documentSource !== undefined) {
    yield violation(['documentSource'], job.documentSource, 'be absent when document is given');
  }
  if (Buffer.byteLength(job.document) > limits.documentBytesMax) {
    yield violation(
      ['document'],
      job.document,
      `have length less than or equal to ${limits.documentBytesMax}`,
    );
  }
  if (!isJson(job.document)) yield violation(['document'], job.document, 'be valid JSON');
}

function* settingsViolations(settings: JobSettings): Generator<Violation> {
  yield* rolloutViolations(settings.jobExecutionsRolloutConfig);
  yield* abortViolations(settings.abortConfig);
  const minutes = settings.timeoutConfig?.inProgressTimeoutInMinutes;
  if (minutes !== undefined) {
    yield* rangeViolation(
      ['timeoutConfig', 'inProgressTimeoutInMinutes'],
      minutes,
      limits.timeoutMinutesMin,
      limits.timeoutMinutesMax,
    );
  }
  yield* retryViolations(settings.jobExecutionsRetryConfig);
}

function* rolloutViolations(config: RolloutConfig | undefined): Generator<Violation> {
  const at = 'jobExecutionsRolloutConfig';
  if (config?.maximumPerMinute !== undefined) {
    yield* rangeViolation(
      [at, 'maximumPerMinute'],
      config.maximumPerMinute,
      1,
      limits.ratePerMinuteMax,
    );
  }
  const rate = config?.exponentialRate;
  if (rate === undefined) return;
  const path = [at, 'exponentialRate'];
  if (!hasDecimals(rate.incrementFactor, 1)) {
    yield violation([...path, 'incrementFactor'], rate.incrementFactor, 'have at most one decimal');
  }
  const { numberOfNotifiedThings, numberOfSucceededThings } = rate.rateIncreaseCriteria;
  if (numberOfNotifiedThings === undefined && numberOfSucceededThings === undefined) {
    yield violation(
      [...path, 'rateIncreaseCriteria'],
      rate.rateIncreaseCriteria,
      'have numberOfNotifiedThings or numberOfSucceededThings',
    );
  }
}

function* abortViolations(config: AbortConfig | undefined): Generator<Violation> {
  const seen = new Set<string>();
  for (const [index, criterion] of (config?.criteriaList ?? []).entries()) {
    const path = ['abortConfig', 'criteriaList', index];
    const { thresholdPercentage, failureType } = criterion;
    if (thresholdPercentage <= 0) {
      yield violation(
        [...path, 'thresholdPercentage'],
        thresholdPercentage,
        'have value greater than 0',
      );
    }
    if (!hasDecimals(thresholdPercentage, 2)) {
      yield violation(
        [...path, 'thresholdPercentage'],
        thresholdPercentage,
        'have at most two decimals',
      );
    }
    if (seen.has(failureType)) {
      yield violation([...path, 'failureType'], failureType, 'be unique in the list');
    }
    seen.add(failureType);
  }
}

function* retryViolations(config: RetryConfig | undefined): Generator<Violation> {
  const criteria = config?.criteriaList ?? [];
  const path = ['jobExecutionsRetryConfig', 'criteriaList'];
  const retries = criteria.reduce((sum, { numberOfRetries }) => sum + numberOfRetries, 0);
  if (retries > limits.retriesMax) {
    yield violation(path, criteria, `have at most ${limits.retriesMax} retries in total`);
  }
  const types = new Set(criteria.map(({ failureType }) => failureType));
  if (types.size < criteria.length || (types.has('ALL') && types.size > 1)) {
    yield violation(path, criteria, 'name each failureType once, and ALL alone');
  }
}

function* rangeViolation(
  path: readonly (string | number)[],
  value: number,
  least: number,
  most: number,
): Generator<Violation> {
  if (value < least) yield violation(path, value, `have value greater than or equal to ${least}`);
  if (value > most) yield violation(path, value, `have value less than or equal to ${most}`);
}

function hasDecimals(value: number, most: number): boolean {
  return Number(value.toFixed(most)) === value;
}

function isJson(text: string): boolean {
  try {
    // What cannot be written again, for being nested too deep, cannot be delivered either.
    JSON.stringify(JSON.parse(text));
    return true;
  } catch {
    return false;
  }
}
