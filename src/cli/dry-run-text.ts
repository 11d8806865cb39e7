import { formatDuration } from '../base/duration.ts';
import { type Phase, phases } from '../cloud/estimate.ts';
import { tellResources } from '../report/cloud-text.ts';
import { type TextOptions, TextPage } from '../report/text-page.ts';
import { formatCount } from '../report/wording.ts';
import type { Preview } from '../run/preview.ts';

/** What a run would take, for a terminal. */
export function renderPreview(preview: Preview, options: TextOptions): string[] {
  const page = new TextPage(options);
  const mark = options.isUnicode ? '·' : '-';
  const item = (text: string) => page.item('faint', mark, text);
  const { creates, exceeded, notes, policy, region, scenario, target, uses } = preview;
  page.title(`DRY RUN of ${scenario} on ${target}: nothing is created, nobody is asked`);
  item(`things ${formatCount(preview.things)}`);
  if (target === 'aws') item(`region ${region ?? 'as the AWS SDK finds it'}`);
  item(`creates ${tellResources(creates)}`);
  if (Object.keys(uses).length > 0)
    item(`uses ${tellResources(uses)}, and leaves them as they are`);
  if (policy !== undefined) {
    item(
      `policy of ${formatCount(policy.characters)} of at most ${formatCount(policy.charactersMax)} characters`,
    );
  }
  addCalls(page, preview);
  addMinutes(page, preview);
  addMessages(page, preview);
  addCost(page, preview);
  if (exceeded.length > 0) page.title('LIMITS');
  for (const each of exceeded)
    page.item('bad', options.isUnicode ? '✗' : 'x', `${each}: a run is refused`);
  page.title('NOTES');
  for (const note of notes) item(note);
  return page.lines;
}

/** In two sentences, for who is asked to agree. */
export function tellPreviewInShort(preview: Preview): string {
  const { callsTotal, cost, creates, minutes, notes, region } = preview;
  const where = region === undefined ? '' : ` in ${region}`;
  const facts = [
    callsTotal === undefined ? undefined : `${formatCount(callsTotal)} API calls`,
    minutes?.total === undefined ? undefined : `about ${tellMinutes(minutes.total)}`,
    cost === undefined
      ? undefined
      : `about ${tellAmount(cost.amount)} ${cost.currency} by list prices of ${cost.asOf}`,
  ].filter((fact) => fact !== undefined);
  return [
    `This run creates on AWS${where}: ${tellResources(creates)}.`,
    ...(facts.length === 0 ? [] : [`It takes ${facts.join(', ')}.`]),
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

function addCalls(page: TextPage, { calls, callsTotal }: Preview): void {
  if (calls === undefined || callsTotal === undefined) return;
  const operations = [...new Set(phases.flatMap((phase) => Object.keys(calls[phase])))].sort();
  const of = (operation: string, phase: Phase) => calls[phase][operation] ?? 0;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const row = (name: string, counts: readonly number[]) => [
    name,
    ...[...counts, sum(counts)].map((count) => (count === 0 ? '-' : formatCount(count))),
  ];
  page.title(`API CALLS, ${formatCount(callsTotal)} in all`);
  page.table(
    ['operation', ...phases, 'total'],
    [
      ...operations.map((operation) =>
        row(
          operation,
          phases.map((phase) => of(operation, phase)),
        ),
      ),
      row(
        'total',
        phases.map((phase) => sum(Object.values(calls[phase]))),
      ),
    ],
  );
}

function addMinutes(page: TextPage, { minutes }: Preview): void {
  if (minutes === undefined) return;
  page.title('TIME at the rates of the account');
  page.table(
    ['phase', 'expected'],
    Object.entries(minutes).map(([phase, value]) => [phase, tellMinutes(value ?? 0)]),
  );
}

function addMessages(page: TextPage, { messages }: Preview): void {
  if (messages === undefined) return;
  page.title('MQTT of all things');
  page.table(
    ['what', 'expected'],
    [
      ['messages from things', messages.published],
      ['messages to things', messages.delivered],
      ['connects', messages.connects],
      ['subscribes', messages.subscribes],
      ['acknowledgements', messages.acknowledged],
      ...(messages.events > 0 ? [['events of the jobs', messages.events]] : []),
      ['connection minutes', Math.ceil(messages.connectionMinutes)],
    ].map(([what, count]) => [String(what), formatCount(Number(count))]),
  );
}

function addCost(page: TextPage, { cost }: Preview): void {
  if (cost === undefined) return;
  page.title(`COST by list prices of ${cost.asOf} in ${cost.region}`);
  page.table(
    ['what', 'quantity', cost.currency],
    [
      ...cost.lines.map(({ what, quantity, amount }) => [
        what,
        formatCount(Math.ceil(quantity)),
        tellAmount(amount),
      ]),
      ['total', '', tellAmount(cost.amount)],
    ],
  );
}

/** Cents, and of less than a cent what there is. */
function tellAmount(amount: number): string {
  return amount === 0 || amount >= 0.01 ? amount.toFixed(2) : amount.toPrecision(1);
}

function tellMinutes(minutes: number): string {
  return formatDuration(minutes * 60_000);
}
