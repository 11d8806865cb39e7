import type { Evidence } from '../run/calibrate.ts';
import {
  type Answer,
  type CalibratedMember,
  type Decision,
  decidedValue,
  type Figures,
  questions,
  type Reading,
} from '../run/calibration.ts';

/** What came of each question, and what is decided by all of them, as lines for people. */
export function tellCalibration({ rollouts, decisions }: Evidence): string[] {
  return [
    ...rollouts.flatMap(({ answer }) => tellAnswer(answer)),
    'readings',
    ...decisions.map((decision) => `  ${decision.member.padEnd(18)}${tellDecision(decision)}`),
    '',
    ...tellDialect(decisions),
  ];
}

/** To paste into a scenario; nothing where nothing is decided. */
function tellDialect(decisions: readonly Decision[]): string[] {
  const lines = decisions.flatMap((decision) => {
    const value = decidedValue(decision);
    return value === undefined ? [] : [`    ${decision.member}: ${value}`];
  });
  return lines.length === 0 ? [] : ['emulator:', '  dialect:', ...lines];
}

function tellDecision({ fitting }: Decision): string {
  if (fitting.length === 1) return `${fitting[0]}`;
  return fitting.length === 0
    ? 'none fits: AWS does it in a way that no reading foretells'
    : `undecided: ${fitting.join(' or ')} would fit`;
}

function tellAnswer({ question, predicted, observed, trouble }: Answer): string[] {
  const asks = questions.find(({ name }) => name === question)?.asks ?? '';
  const groups = groupedByFigures(predicted);
  const widest = Math.max(...groups.map(({ figures }) => tellFigures(figures).length));
  const hasFit = groups.some(({ fits }) => fits);
  return [
    `${question}: ${asks}`,
    ...groups.flatMap(({ figures, readings, fits }) => {
      const [first, ...others] = tellReadings(readings);
      const lead = `  ${fits ? 'fits' : '    '}  ${tellFigures(figures).padEnd(widest)}`;
      return [
        `${lead}  if ${first}`,
        ...others.map((each) => `${' '.repeat(lead.length)}  or ${each}`),
      ];
    }),
    observed === undefined
      ? `  not observed: ${trouble}`
      : `  seen  ${tellFigures(observed)}${hasFit ? '' : '; none fits'}`,
    '',
  ];
}

function tellFigures(figures: Figures | undefined): string {
  if (figures === undefined) return 'nothing to see';
  return Object.entries(figures)
    .map(([name, value]) => (name === 'status' ? String(value) : `${nameOf(name)} ${value}`))
    .join(', ');
}

/** `notifiedIn20Seconds` as words. */
function nameOf(figure: string): string {
  return figure.replaceAll(/(?<=[a-z])(?=[A-Z\d])|(?<=\d)(?=[A-Z])/g, ' ').toLowerCase();
}

interface Group {
  readonly figures: Figures | undefined;
  readonly fits: boolean;
  readonly readings: Reading[];
}

function groupedByFigures(predicted: Answer['predicted']): Group[] {
  const groups = new Map<string, Group>();
  for (const { figures, fits, reading } of predicted) {
    const key = JSON.stringify(figures ?? null);
    const group = groups.get(key) ?? { figures, fits, readings: [] };
    group.readings.push(reading);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What all of them have in common; where that would say too much, each of them. */
function tellReadings(readings: readonly Reading[]): string[] {
  const members = Object.keys(readings[0] ?? {}) as CalibratedMember[];
  const valuesOf = (member: CalibratedMember) => new Set(readings.map((each) => each[member]));
  const combinations = members.reduce((product, member) => product * valuesOf(member).size, 1);
  if (combinations > readings.length) return readings.map(tellReading);
  const common = members.filter((member) => valuesOf(member).size === 1);
  return [tellReading(Object.fromEntries(common.map((each) => [each, readings[0]?.[each] ?? ''])))];
}

function tellReading(reading: Reading): string {
  return Object.entries(reading)
    .map(([member, value]) => `${member} ${value}`)
    .join(', ');
}
