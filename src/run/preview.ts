import { accountRates } from '../cloud/account-rates.ts';
import type { CostEstimate } from '../cloud/cost.ts';
import { policyOf } from '../cloud/device-policy.ts';
import { type Estimate, estimate, type MessageEstimate, messagesOf } from '../cloud/estimate.ts';
import { pricesOf } from '../cloud/prices.ts';
import { callsOf, certificatesMade } from '../cloud/resource-calls.ts';
import { planResources, type ResourcePlan } from '../cloud/resource-plan.ts';
import { type RunForecast, runCalls } from '../cloud/run-calls.ts';
import { wireNames } from '../cloud/wire-names.ts';
import { populationSize } from '../device/population.ts';
import { limits } from '../protocol/limits.ts';
import { defaultAccount } from '../protocol/names.ts';
import type { AwsTarget, Plan } from '../scenario/plan.ts';
import type { CloudSettings } from './cloud-facts.ts';
import { lookPaceMs } from './look-pace.ts';
import { forecastRun } from './run-forecast.ts';
import { connectsPerSecond, limitsExceeded } from './run-limits.ts';

/** What a run would make and take, told without asking anybody. Undefined members are not known, or none. */
export interface Preview {
  readonly scenario: string;
  readonly target: Plan['target']['kind'];
  readonly region: string | undefined;
  readonly things: number;
  /** What the run makes on its target, by kind; none of it outlives an emulator of our own. */
  readonly creates: Readonly<Record<string, number>>;
  /** What it uses and neither makes nor removes. */
  readonly uses: Readonly<Record<string, number>>;
  /** Characters of the policy that the things get, and how many AWS takes. */
  readonly policy: { readonly characters: number; readonly charactersMax: number } | undefined;
  /** Of the control plane, by phase and operation. */
  readonly calls: Estimate['calls'] | undefined;
  readonly callsTotal: number | undefined;
  /** Of wall time, by phase. */
  readonly minutes: Partial<Estimate['minutes']> | undefined;
  readonly messages: MessageEstimate | undefined;
  readonly cost: CostEstimate | undefined;
  /** Which of the scenario's limits a run would be refused for. */
  readonly exceeded: readonly string[];
  readonly notes: readonly string[];
}

type Settings = Pick<CloudSettings, 'scenarioDir' | 'isKept' | 'reuseFrom' | 'env'>;

/** The run is carried out in virtual time: takes seconds for a large fleet. Throws AppError for a bad file. */
export async function previewRun(plan: Plan, settings: Settings): Promise<Preview> {
  const forecast = forecastRun(plan);
  const perSecond = await connectsPerSecond(plan, settings.scenarioDir);
  const known = 'refusal' in forecast ? undefined : forecast;
  const general = {
    scenario: plan.name,
    target: plan.target.kind,
    things: populationSize(plan.population),
    exceeded: limitsExceeded(plan, known, perSecond),
  };
  const doubts = 'refusal' in forecast ? [`the run is not foretold: ${forecast.refusal}`] : [];
  if (plan.target.kind === 'aws') {
    return {
      ...general,
      ...(await previewAws(plan, plan.target, known, { ...settings, perSecond }, doubts)),
    };
  }
  return { ...general, ...previewEmulator(plan, known, doubts) };
}

type Particulars = Omit<Preview, 'scenario' | 'target' | 'things' | 'exceeded'>;

async function previewAws(
  plan: Plan,
  target: AwsTarget,
  forecast: RunForecast | undefined,
  settings: Settings & { readonly perSecond: number },
  doubts: readonly string[],
): Promise<Particulars> {
  const [rates, prices] = await Promise.all([
    accountRates(target.quotas, settings.scenarioDir),
    pricesOf(target.prices, settings.scenarioDir),
  ]);
  const resources = resourcesOf(plan, target, settings.scenarioDir);
  const { provisioning, cleanup } = callsOf(resources);
  const lookSeconds = lookPaceMs(resources.jobs.created, rates.control.DescribeJob) / 1000;
  const region = regionOf(target, settings.env);
  const whole =
    forecast &&
    estimate({
      calls: {
        provisioning: { ...endpointCalls(target), ...provisioning },
        run: { ...eventCalls(target), ...runCalls(plan.actions, forecast, lookSeconds) },
        cleanup: settings.isKept ? {} : cleanup,
      },
      rates,
      forecast,
      connect: {
        things: plan.population.batches[0]?.count ?? 0,
        perSecond: settings.perSecond,
      },
      hearsEvents: target.events !== 'off',
      prices,
    });
  return {
    region,
    creates: createsOf(resources),
    uses: withoutZeros({
      thing: resources.hasOwnThings ? 0 : resources.size,
      group: resources.hasOwnGroups ? 0 : resources.groups.length,
      certificate: certificatesUsed(resources),
    }),
    policy: policySize(resources, region),
    calls: whole?.calls,
    callsTotal: whole?.callsTotal,
    minutes: whole?.minutes,
    messages: whole?.messages,
    cost: whole?.cost,
    notes: [...doubts, ...notesOf(target, settings, region, prices.region)],
  };
}

/** Under a prefix as long as the one that a run draws. */
export function resourcesOf(plan: Plan, target: AwsTarget, scenarioDir: string): ResourcePlan {
  const names = wireNames({
    prefix: 'fr-00000000-',
    hasOwnThings: target.things === 'create',
    hasOwnGroups: target.group === 'create',
  });
  return planResources(plan, target, names, 'dry-run', scenarioDir);
}

/** What a run makes in the account, by kind. */
export function createsOf(resources: ResourcePlan): Readonly<Record<string, number>> {
  const { groups, hasOwnGroups, hasOwnThings, jobs, policy, size } = resources;
  return withoutZeros({
    thing: hasOwnThings ? size : 0,
    group: hasOwnGroups ? groups.length : 0,
    certificate: certificatesMade(resources),
    policy: policy === undefined ? 0 : 1,
    job: jobs.created,
  });
}

function certificatesUsed({ identity, policy, size }: ResourcePlan): number {
  if (identity === undefined || policy !== undefined) return 0;
  return identity.per === 'thing' ? size : identity.shared.length;
}

function policySize(resources: ResourcePlan, region: string | undefined): Preview['policy'] {
  if (resources.policy === undefined) return undefined;
  const account = { ...defaultAccount, region: region ?? defaultAccount.region };
  return {
    characters: policyOf(resources, account).length,
    charactersMax: limits.policyCharactersMax,
  };
}

function endpointCalls({ endpoints }: AwsTarget) {
  return endpoints.mqtt === undefined ? { DescribeEndpoint: 1 } : {};
}

/** Those that were switched on by the run itself are not asked for. */
function eventCalls({ events }: AwsTarget) {
  return events === 'existing' ? { DescribeEventConfigurations: 1 } : {};
}

/** As far as it is set where anybody can see it; a profile's is not looked up. */
function regionOf({ region }: AwsTarget, env: Settings['env']): string | undefined {
  return region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
}

function notesOf(
  { events, things }: AwsTarget,
  { isKept, reuseFrom }: Settings,
  region: string | undefined,
  priced: string,
): string[] {
  return [
    ...(events === 'enable'
      ? ['job events are switched on for the whole account and region, and put back afterwards']
      : []),
    ...(things === 'existing'
      ? ['things: existing: a device that is connected under one of these names is cut off']
      : []),
    ...(isKept ? ['--keep: all that is made stays, and may go on to cost'] : []),
    ...(reuseFrom === undefined ? [] : ['--reuse: what is there already is not made again']),
    ...(region === priced
      ? []
      : [`prices are those of ${priced}: name your own as target.aws.prices`]),
    'prices are list prices without free tier or discount: check them before you rely on them',
  ];
}

function previewEmulator(
  plan: Plan,
  forecast: RunForecast | undefined,
  doubts: readonly string[],
): Particulars {
  const isOurs = plan.target.kind === 'emulator';
  const connecting = (plan.population.batches[0]?.count ?? 0) / plan.connect.perSecond / 60;
  const run = forecast && forecast.seconds / 60;
  return {
    region: plan.target.kind === 'endpoint' ? plan.target.region : undefined,
    creates: withoutZeros({
      thing: populationSize(plan.population),
      group: plan.groups.length,
      job: plan.actions.filter(({ type }) => type === 'create-job').length,
    }),
    uses: {},
    policy: undefined,
    calls: undefined,
    callsTotal: undefined,
    minutes: run === undefined ? { connecting } : { connecting, run, total: connecting + run },
    messages: forecast && messagesOf(forecast, false),
    cost: undefined,
    notes: [
      ...doubts,
      isOurs
        ? 'all of it is in an emulator of the run and goes with it; nothing costs'
        : 'all of it stays there when the run is over; nothing is known of costs',
      ...(plan.isJumping ? ['time jumps: the minutes are simulated, the run is faster'] : []),
    ],
  };
}

function withoutZeros(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
