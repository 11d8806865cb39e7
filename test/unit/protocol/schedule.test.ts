import { describe, expect, it } from 'vitest';
import { findCreateJobViolations } from '../../../src/protocol/job-config.ts';
import {
  findTimingViolations,
  isOpenAt,
  nextChange,
  nextRollouts,
  parseSchedule,
  parseTime,
  type SchedulingConfig,
  withMaintenanceWindows,
} from '../../../src/protocol/schedule.ts';

const noon = Date.UTC(2025, 0, 1, 12);
const at = (text: string) => Date.parse(`2025-01-01T${text}Z`);
const hourly = { startTime: 'cron(15 * * * ? *)', durationInMinutes: 10 };

describe('parseTime', () => {
  it.each([
    ['2025-01-01 12:00', noon],
    ['2025-01-01 12:00:00', noon],
    ['2025-01-01T12:00', noon],
    ['2025-01-01T12:00Z', noon],
    ['2025-01-01T12:00:00Z', noon],
    ['2025-01-01T12:00:00.250Z', noon + 250],
    ['2025-01-01T14:30+02:30', noon],
    ['2025-01-01T07:00:00-05:00', noon],
    ['2024-02-29 00:00', Date.UTC(2024, 1, 29)],
    ['1735732800', noon],
    ['1735732800.5', noon + 500],
  ])('reads %s', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  it.each([
    '2025-01-01',
    '2025/01/01 12:00',
    '2025-1-1 12:00',
    '2025-02-29 12:00',
    '2025-13-01 12:00',
    '2025-00-01 12:00',
    '2025-01-00 12:00',
    '2025-01-01 24:00',
    '2025-01-01 12:60',
    '2025-01-01T12:00:60Z',
    '2025-01-01T12:00+2',
    '2025-01-01T12:00+24:00',
    'tomorrow',
    '-1735732800',
  ])('does not read %s', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

describe('the request', () => {
  const faults = (schedulingConfig: object, targetSelection = 'CONTINUOUS') =>
    findCreateJobViolations({
      jobId: 'j',
      targets: ['arn:aws:iot:us-east-1:123456789012:thing/t'],
      document: '{}',
      targetSelection,
      schedulingConfig,
    }).map(({ path, message }) => `${path.join('.')}: ${message.split('Member must ')[1]}`);

  it.each([
    ['nothing', {}],
    ['times', { startTime: '2025-01-01 12:00', endTime: '2025-01-02T12:00Z' }],
    ['a window', { maintenanceWindows: [hourly] }],
    ['the longest window', { maintenanceWindows: [{ ...hourly, durationInMinutes: 1430 }] }],
    ['an end behaviour', { endTime: '2025-01-02 12:00', endBehavior: 'FORCE_CANCEL' }],
  ])('may hold %s', (_, config) => {
    expect(faults(config)).toEqual([]);
  });

  it.each([
    [{ startTime: '' }, 'schedulingConfig.startTime: have length greater than or equal to 1'],
    [
      { startTime: 'soon' },
      'schedulingConfig.startTime: be a time such as 2026-01-31 23:30 or 2026-01-31T23:30Z',
    ],
    [
      { endTime: '2025/01/01 12:00' },
      'schedulingConfig.endTime: be a time such as 2026-01-31 23:30 or 2026-01-31T23:30Z',
    ],
    [{ endTime: 'x'.repeat(65) }, 'schedulingConfig.endTime: have length less than or equal to 64'],
    [{ endBehavior: 'CANCEL' }, 'schedulingConfig.endBehavior: be absent when there is no endTime'],
    [
      { endBehavior: 'STOP' },
      'schedulingConfig.endBehavior: satisfy enum value set: [STOP_ROLLOUT, CANCEL, FORCE_CANCEL]',
    ],
    [
      { maintenanceWindows: [hourly, { startTime: '* * * * * *', durationInMinutes: 1 }] },
      'schedulingConfig.maintenanceWindows.1.startTime: be a cron expression',
    ],
    [
      { maintenanceWindows: [{ ...hourly, durationInMinutes: 0 }] },
      'schedulingConfig.maintenanceWindows.0.durationInMinutes: have value greater than or equal to 1',
    ],
    [
      { maintenanceWindows: [{ ...hourly, durationInMinutes: 1431 }] },
      'schedulingConfig.maintenanceWindows.0.durationInMinutes: have value less than or equal to 1430',
    ],
    [
      { maintenanceWindows: [{ startTime: hourly.startTime }] },
      'schedulingConfig.maintenanceWindows.0.durationInMinutes: not be null',
    ],
  ])('may not hold %o', (config, fault) => {
    expect(faults(config)).toEqual([fault]);
  });

  it('has windows only with a CONTINUOUS job', () => {
    expect(faults({ maintenanceWindows: [hourly] }, 'SNAPSHOT')).toEqual([
      'schedulingConfig.maintenanceWindows: be absent unless targetSelection is CONTINUOUS',
    ]);
  });

  it('has a namespace of 64 characters at most', () => {
    const job = { jobId: 'j', targets: ['arn:x'], document: '{}' };

    expect(findCreateJobViolations({ ...job, namespaceId: 'n'.repeat(64) })).toEqual([]);
    expect(findCreateJobViolations({ ...job, namespaceId: 'n'.repeat(65) })).toHaveLength(1);
    expect(findCreateJobViolations({ ...job, namespaceId: 'a b' })).toHaveLength(1);
  });
});

describe('the times of a schedule, at noon', () => {
  const faults = (config: SchedulingConfig, lead = 30) =>
    [...findTimingViolations(config, lead, noon)].map(
      ({ path, message }) => `${path[1]} ${message.split('Member must ')[1]}`,
    );

  it.each<[SchedulingConfig]>([
    [{ startTime: '2025-01-01 12:30' }],
    [{ startTime: '2026-01-01 12:00' }],
    [{ endTime: '2025-01-01 12:30' }],
    [{ endTime: '2027-01-01 12:00' }],
    [{ startTime: '2025-01-01 13:00', endTime: '2025-01-01 13:30' }],
    [{ maintenanceWindows: [hourly] }],
  ])('may be %o', (config) => {
    expect(faults(config)).toEqual([]);
  });

  it.each<[SchedulingConfig, string[]]>([
    [{ startTime: '2025-01-01T12:29:59' }, ['startTime be at least 30 minutes from now']],
    [{ startTime: '2024-12-31 12:00' }, ['startTime be at least 30 minutes from now']],
    [{ startTime: '2026-01-01 12:01' }, ['startTime be at most 1 year(s) from now']],
    [{ endTime: '2025-01-01T12:29:59' }, ['endTime be at least 30 minutes from now']],
    [{ endTime: '2027-01-01 12:01' }, ['endTime be at most 2 year(s) from now']],
    [
      { startTime: '2025-01-01 13:00', endTime: '2025-01-01T13:29:59' },
      ['endTime be at least 30 minutes after startTime'],
    ],
    [
      { startTime: '2025-01-01 12:10', endTime: '2025-01-01 12:20' },
      [
        'startTime be at least 30 minutes from now',
        'endTime be at least 30 minutes from now',
        'endTime be at least 30 minutes after startTime',
      ],
    ],
    [
      { maintenanceWindows: [{ startTime: '0 0 1 1 ? 2024', durationInMinutes: 1 }] },
      ['maintenanceWindows be a cron expression with a time to come'],
    ],
  ])('may not be %o', (config, expected) => {
    expect(faults(config)).toEqual(expected);
  });

  it('need no lead where the dialect asks for none', () => {
    expect(faults({ startTime: '2025-01-01 12:00', endTime: '2025-01-01 12:01' }, 0)).toEqual([]);
  });
});

describe('a schedule', () => {
  it.each<[string, SchedulingConfig, string, boolean]>([
    ['has not started', { startTime: '2025-01-01 12:00' }, '11:59:59.999', false],
    ['starts', { startTime: '2025-01-01 12:00' }, '12:00:00', true],
    ['is about to end', { endTime: '2025-01-01 12:00' }, '11:59:59.999', true],
    ['ends', { endTime: '2025-01-01 12:00' }, '12:00:00', false],
    ['waits for its window', { maintenanceWindows: [hourly] }, '12:14:59.999', false],
    ['opens its window', { maintenanceWindows: [hourly] }, '12:15:00', true],
    ['is about to close it', { maintenanceWindows: [hourly] }, '12:24:59.999', true],
    ['closes it', { maintenanceWindows: [hourly] }, '12:25:00', false],
    [
      'takes no part in a window that opened before its start',
      { startTime: '2025-01-01 12:16', maintenanceWindows: [hourly] },
      '12:17:00',
      false,
    ],
    [
      'takes part in one that opens at its start',
      { startTime: '2025-01-01 12:15', maintenanceWindows: [hourly] },
      '12:15:00',
      true,
    ],
    [
      'is open in any of its windows',
      { maintenanceWindows: [hourly, { startTime: '20 * * * ? *', durationInMinutes: 10 }] },
      '12:27:00',
      true,
    ],
  ])('%s', (_, config, time, isOpen) => {
    expect(isOpenAt(parseSchedule(config), at(time))).toBe(isOpen);
  });

  it('has its changes in order', () => {
    const schedule = parseSchedule({
      startTime: '2025-01-01 12:00',
      endTime: '2025-01-01 13:20',
      maintenanceWindows: [hourly, { startTime: '20 12 * * ? *', durationInMinutes: 10 }],
    });
    const changes: string[] = [];
    for (
      let now = nextChange(schedule, at('11:00:00'));
      now !== undefined;
      now = now < at('13:20:00') ? nextChange(schedule, now) : undefined
    ) {
      changes.push(
        new Date(now).toISOString().slice(11, 16) + (isOpenAt(schedule, now) ? '+' : '-'),
      );
    }

    // At 12:25 the first window closes while the second is open: nothing flips.
    expect(changes).toEqual(['12:00-', '12:15+', '12:25+', '12:30-', '13:15+', '13:20-']);
  });

  it('tells seven openings to come, fewer before its end, from its start on', () => {
    const tell = (config: SchedulingConfig) =>
      nextRollouts(parseSchedule({ maintenanceWindows: [hourly], ...config }), noon).map(
        ({ startTime }) => startTime,
      );

    expect(tell({})).toHaveLength(7);
    expect(tell({})[0]).toBe('2025-01-01 12:15:00');
    expect(tell({ endTime: '2025-01-01 14:15' })).toEqual([
      '2025-01-01 12:15:00',
      '2025-01-01 13:15:00',
    ]);
    expect(tell({ startTime: '2025-01-02 00:15' })[0]).toBe('2025-01-02 00:15:00');
  });
});

it('windows of a template yield to those of the request', () => {
  const own = [{ startTime: '0 1 * * ? *', durationInMinutes: 5 }];

  expect(withMaintenanceWindows({ endTime: 'x' }, [hourly])).toEqual({
    endTime: 'x',
    maintenanceWindows: [hourly],
  });
  expect(withMaintenanceWindows({ maintenanceWindows: own }, [hourly])).toEqual({
    maintenanceWindows: own,
  });
});
