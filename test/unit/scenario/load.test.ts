import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../src/scenario/load.ts';
import { loadText, problemsOf } from '../../support/scenarios.ts';

const good = `name: canary
target: emulator
clock: { scale: 60 }
stop: { after: 10m }
fleet:
  things: 200
  thingName: "pump-{index:05}"
  group: { name: pumps, parent: site }
  cohorts:
    - { name: healthy, share: 90%, profile: { work: 40s } }
    - { name: bad, share: 10%, profile: { outcome: fail } }
groups:
  - name: site
jobs:
  - at: 0s
    create:
      jobId: fw-1
      document: { version: 2 }
      abortConfig:
        criteriaList:
          - { failureType: ALL, action: CANCEL, thresholdPercentage: 8, minNumberOfExecutedThings: 20 }
timeline:
  - { at: 4m, cancelJob: { jobId: fw-1 } }
  - { at: 5m, addThings: { count: 10 } }
expect:
  - jobs.fw-1.status == CANCELED
`;

/** The good scenario with one part written over. */
function withFlaw(from: string, to: string): string {
  expect(good).toContain(from);
  return good.replace(from, to);
}

it('finds nothing wrong with a good scenario', () => {
  expect(problemsOf(good)).toBe('');
});

it('a run that makes things takes no group of before, which would hold only others', () => {
  const flawed = withFlaw('target: emulator', 'target: { aws: { group: existing } }');

  expect(problemsOf(flawed)).toContain('a group of before holds none of');
  expect(
    problemsOf(flawed.replace('group: existing', 'group: existing, things: existing')),
  ).not.toContain('holds none of');
});

it.each([
  [
    'an unknown key',
    'work: 40s',
    'wrk: 40s',
    `scenario.yaml:10:47  error  unknown key "wrk"
  10 |     - { name: healthy, share: 90%, profile: { wrk: 40s } }
     |                                               ^^^ did you mean "work"?`,
  ],
  [
    'a wrong type',
    'things: 200',
    'things: many',
    `scenario.yaml:6:11  error  fleet.things: expected a number, not "many"
  6 |   things: many
    |           ^^^^`,
  ],
  [
    'a fraction of a thing',
    'things: 200',
    'things: 1.5',
    `scenario.yaml:6:11  error  fleet.things: expected a whole number, not 1.5
  6 |   things: 1.5
    |           ^^^`,
  ],
  [
    'too many things',
    'things: 200',
    'things: 1000001',
    `scenario.yaml:6:11  error  fleet.things: must be at most 1,000,000
  6 |   things: 1000001
    |           ^^^^^^^
scenario.yaml:24:35  error  more than 1,000,000 things in all
  24 |   - { at: 5m, addThings: { count: 10 } }
     |                                   ^^`,
  ],
  [
    'a missing key, at its parent',
    '  things: 200\n',
    '',
    `scenario.yaml:5:1  error  fleet.things is missing
  5 | fleet:
    | ^^^^^`,
  ],
  [
    'a word out of the list',
    'outcome: fail',
    'outcome: fial',
    /^scenario\.yaml:11:52 {2}error {2}fleet\.cohorts\[1\]\.profile\.outcome: expected succeed, fail, .* or a mapping, not "fial"\n.*\n.*\^{4} did you mean fail\?$/,
  ],
  [
    'a duration without a unit',
    'after: 10m',
    'after: 10',
    `scenario.yaml:4:16  error  stop.after: 10 has no unit
  4 | stop: { after: 10 }
    |                ^^ write for example 250ms, 40s, 1h30m`,
  ],
  [
    'a duration with a wrong unit',
    'after: 10m',
    'after: 10 min',
    `scenario.yaml:4:16  error  stop.after: "10 min" is not a duration; write a number and its unit, such as 250ms, 40s, 1h30m
  4 | stop: { after: 10 min }
    |                ^^^^^^ write for example 250ms, 40s, 1h30m`,
  ],
  [
    'shares that leave things over',
    'share: 10%',
    'share: 9%',
    `scenario.yaml:9:3  error  the shares add up to 99 %, not 100 %
  9 |   cohorts:
    |   ^^^^^^^`,
  ],
  [
    'a mixture that leaves executions over',
    'outcome: fail',
    'outcome: { fail: 40%, succeed: 50% }',
    `scenario.yaml:11:52  error  fleet.cohorts[1].profile.outcome: the shares of a mixture must add up to 100 %
  11 |     - { name: bad, share: 10%, profile: { outcome: { fail: 40%, succeed: 50% } } }
     |                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  ],
  [
    'a profile beside cohorts',
    '  cohorts:\n',
    '  profile: {}\n  cohorts:\n',
    `scenario.yaml:9:3  error  a fleet with cohorts has no profile of its own
  9 |   profile: {}
    |   ^^^^^^^ move it into the cohorts`,
  ],
  [
    'two cohorts of one name',
    'name: bad',
    'name: healthy',
    `scenario.yaml:11:15  error  there is a cohort with the name "healthy" above already
  11 |     - { name: healthy, share: 10%, profile: { outcome: fail } }
     |               ^^^^^^^`,
  ],
  [
    'a parent group that nobody creates',
    'name: site',
    'name: sight',
    `scenario.yaml:8:33  error  this scenario has no group "site"
  8 |   group: { name: pumps, parent: site }
    |                                 ^^^^ possible here: pumps, sight`,
  ],
  [
    'groups in a circle',
    'name: site',
    'name: site\n    parent: pumps',
    `scenario.yaml:8:33  error  groups nest at most 7 deep and not in circles
  8 |   group: { name: pumps, parent: site }
    |                                 ^^^^
scenario.yaml:14:13  error  groups nest at most 7 deep and not in circles
  14 |     parent: pumps
     |             ^^^^^`,
  ],
  [
    'a pattern that names all things the same',
    'pump-{index:05}',
    'pump',
    `scenario.yaml:7:14  error  fleet.thingName: must hold {index} once; {index:05} pads it to five digits
  7 |   thingName: "pump"
    |              ^^^^^^`,
  ],
  [
    'a pattern that makes no thing names',
    'pump-{index:05}',
    'pump {index}',
    `scenario.yaml:7:14  error  makes "pump 209", which is no thing name
  7 |   thingName: "pump {index}"
    |              ^^^^^^^^^^^^^^ 1 to 128 letters, digits, ":", "_" and "-"`,
  ],
  [
    'a request the service would refuse, in its own words',
    'thresholdPercentage: 8',
    'thresholdPercentage: 800',
    `scenario.yaml:21:70  error  Value '800' at 'abortConfig.criteriaList.1.member.thresholdPercentage' failed to satisfy constraint: Member must have value less than or equal to 100
  21 |           - { failureType: ALL, action: CANCEL, thresholdPercentage: 800, minNumberOfExecutedThings: 20 }
     |                                                                      ^^^`,
  ],
  [
    'a member the service does not know',
    'thresholdPercentage: 8',
    'thresholdPercentage: 8, treshold: 9',
    `scenario.yaml:21:73  error  unknown key "treshold"
  21 |           - { failureType: ALL, action: CANCEL, thresholdPercentage: 8, treshold: 9, minNumberOfExecutedThings: 20 }
     |                                                                         ^^^^^^^^ possible here: failureType, action, thresholdPercentage, minNumberOfExecutedThings`,
  ],
  [
    'a request without an id',
    '      jobId: fw-1\n',
    '',
    /^scenario\.yaml:16:5 {2}error {2}Value null at 'jobId' failed to satisfy constraint: Member must not be null\n {2}16 \| {5}create:\n/,
  ],
  [
    'a target that is not in the scenario',
    'jobId: fw-1\n',
    'jobId: fw-1\n      targets: [{ group: pump }]\n',
    `scenario.yaml:18:17  error  this scenario has no group "pump"
  18 |       targets: [{ group: pump }]
     |                 ^^^^^^^^^^^^^^^ did you mean "pumps"?`,
  ],
  [
    'an unknown job in the timeline',
    'cancelJob: { jobId: fw-1 }',
    'cancelJob: { jobId: fw-2 }',
    `scenario.yaml:23:35  error  this scenario has no job "fw-2"
  23 |   - { at: 4m, cancelJob: { jobId: fw-2 } }
     |                                   ^^^^ did you mean "fw-1"?`,
  ],
  [
    'an unknown group in the timeline',
    '{ count: 10 }',
    '{ count: 10, group: pump }',
    `scenario.yaml:24:46  error  this scenario has no group "pump"
  24 |   - { at: 5m, addThings: { count: 10, group: pump } }
     |                                              ^^^^ did you mean "pumps"?`,
  ],
  [
    'things that leave before they came',
    'addThings: { count: 10 }',
    'removeThings: { from: 190, count: 11 }',
    `scenario.yaml:24:49  error  there are only things 0 to 199 at that time
  24 |   - { at: 5m, removeThings: { from: 190, count: 11 } }
     |                                                 ^^`,
  ],
  [
    'an execution of a thing there is not',
    'cancelJob: { jobId: fw-1 }',
    'cancelExecution: { jobId: fw-1, things: [pump-00003, pump-00210] }',
    `scenario.yaml:23:68  error  this scenario has no thing "pump-00210"
  23 |   - { at: 4m, cancelExecution: { jobId: fw-1, things: [pump-00003, pump-00210] } }
     |                                                                    ^^^^^^^^^^`,
  ],
  [
    'a timeline entry without an action',
    ', addThings: { count: 10 }',
    '',
    `scenario.yaml:24:5  error  this entry has no action; it takes exactly one
  24 |   - { at: 5m }
     |     ^^^^^^^^^^ one of cancelJob, cancelExecution, deleteJob, updateJob, addThings, removeThings, disconnect`,
  ],
  [
    'a setting UpdateJob does not take',
    'cancelJob: { jobId: fw-1 }',
    'updateJob: { jobId: fw-1, targets: [] }',
    /^scenario\.yaml:23:41 {2}error {2}unknown key "targets"\n/,
  ],
  [
    'another speed at an endpoint',
    'target: emulator',
    'target: { endpoint: { http: "http://127.0.0.1:4566", mqtt: { host: 127.0.0.1 } } }',
    `scenario.yaml:3:17  error  only our own emulator can run at another speed
  3 | clock: { scale: 60 }
    |                 ^^ leave it out, or use target: emulator`,
  ],
  [
    'a certificate for the things of an endpoint',
    'target: emulator\nclock: { scale: 60 }\nstop: { after: 10m }\nfleet:',
    'target: { endpoint: { http: "http://127.0.0.1:4566", mqtt: { host: 127.0.0.1 } } }\nstop: { after: 10m }\nfleet:\n  tls: true',
    `scenario.yaml:5:8  error  says only how our own emulator is connected to
  5 |   tls: true
    |        ^^^^ leave it out; AWS is always connected to over TLS`,
  ],
  [
    'an unknown figure',
    'jobs.fw-1.status',
    'jobs.fw-1.stats',
    `scenario.yaml:26:15  error  unknown figure "jobs.fw-1.stats"
  26 |   - jobs.fw-1.stats == CANCELED
     |               ^^^^^ did you mean "status"?`,
  ],
  [
    'a figure of a job there is not, within quotes',
    'jobs.fw-1.status == CANCELED',
    '"jobs.fw-9.status == CANCELED"',
    `scenario.yaml:26:11  error  this scenario has no job "fw-9"
  26 |   - "jobs.fw-9.status == CANCELED"
     |           ^^^^ did you mean "fw-1"?`,
  ],
  [
    'a key twice',
    'clock: { scale: 60 }',
    'name: again',
    `scenario.yaml:3:1  error  this key is here twice
  3 | name: again
    | ^^^^ keep one of them`,
  ],
  [
    'what is no YAML',
    'clock: { scale: 60 }',
    'clock: { scale: 60',
    /^scenario\.yaml:\d+:\d+ {2}error {2}not YAML: /,
  ],
  [
    'an anchor nobody defined',
    'work: 40s',
    'work: *slow',
    `scenario.yaml:10:53  error  unknown anchor "slow"
  10 |     - { name: healthy, share: 90%, profile: { work: *slow } }
     |                                                     ^^^^^ define it above`,
  ],
])('points at %s', (_, from, to, expected) => {
  const problems = problemsOf(withFlaw(from, to));

  if (typeof expected === 'string') expect(problems).toBe(expected);
  else expect(problems).toMatch(expected);
});

it('tells all problems at once, in the order of the file', () => {
  const flawed = `name: many
seed: true
fleet:
  thing: 5
  cohorts:
    - { name: a, share: 60% }
    - { name: b, share: 30%, profile: { work: soon } }
jobs:
  - create: { jobId: one, targets: [nowhere], document: "{" }
expect:
  - jobs.two.status == COMPLETED
`;

  expect(
    problemsOf(flawed),
  ).toBe(`scenario.yaml:2:7  error  seed: expected text or a number, not true
  2 | seed: true
    |       ^^^^
scenario.yaml:3:1  error  fleet.things is missing
  3 | fleet:
    | ^^^^^
scenario.yaml:4:3  error  unknown key "thing"
  4 |   thing: 5
    |   ^^^^^ did you mean "things"?
scenario.yaml:5:3  error  the shares add up to 90 %, not 100 %
  5 |   cohorts:
    |   ^^^^^^^
scenario.yaml:7:47  error  fleet.cohorts[1].profile.work: "soon" is not a duration; write a number and its unit, such as 250ms, 40s, 1h30m
  7 |     - { name: b, share: 30%, profile: { work: soon } }
    |                                               ^^^^ write for example 250ms, 40s, 1h30m
scenario.yaml:9:37  error  this scenario has no group or thing "nowhere"
  9 |   - create: { jobId: one, targets: [nowhere], document: "{" }
    |                                     ^^^^^^^
scenario.yaml:9:57  error  Value '{' at 'document' failed to satisfy constraint: Member must be valid JSON
  9 |   - create: { jobId: one, targets: [nowhere], document: "{" }
    |                                                         ^^^
scenario.yaml:11:10  error  this scenario has no job "two"
  11 |   - jobs.two.status == COMPLETED
     |          ^^^ possible here: one`);
});

describe('warnings', () => {
  it.each([
    ['after: 10m', 'after: 4m30s', 'addThings never happens: the run stops after 4m30s'],
    ['at: 5m', 'at: 10m', 'addThings never happens: the run stops after 10m'],
    ['at: 0s', 'at: 5m', 'job fw-1 is created only at 5m'],
    [
      'minNumberOfExecutedThings: 20',
      'minNumberOfExecutedThings: 201',
      'this criterion can never trip: it waits for 201 completed executions, and the 200 things of the job complete at most 200',
    ],
  ])('do not fail: %s written as %s', (from, to, message) => {
    const { warnings } = loadText(withFlaw(from, to));

    expect(warnings).toEqual([expect.objectContaining({ severity: 'warning', message })]);
  });
});

describe('job files', () => {
  const scenario =
    'name: x\nfleet: { things: 3, group: g }\njobs:\n  - create: { file: job.json, description: mine }\n';

  it('take the place of what is not beside them', () => {
    const job = '{ "jobId": "fw", "document": "{}", "description": "theirs" }';

    const { jobs, resolved } = loadText(scenario, { files: { 'job.json': job } });

    expect(jobs[0]?.request).toMatchObject({ jobId: 'fw', document: '{}', description: 'mine' });
    expect(resolved['jobs']).toEqual([
      { create: { jobId: 'fw', document: '{}', description: 'mine' } },
    ]);
  });

  it('have their problems told at their own lines', () => {
    const job =
      '{\n  "jobId": "fw",\n  "docment": "{}",\n  "timeoutConfig": { "inProgressTimeoutInMinutes": 0 }\n}\n';

    expect(problemsOf(scenario, { files: { 'job.json': job } })).toBe(
      `scenario.yaml:4:5  error  Value null at 'document' failed to satisfy constraint: Member must not be null
  4 |   - create: { file: job.json, description: mine }
    |     ^^^^^^
job.json:3:3  error  unknown key "docment"
  3 |   "docment": "{}",
    |   ^^^^^^^^^ did you mean "document"?
job.json:4:52  error  Value '0' at 'timeoutConfig.inProgressTimeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 1
  4 |   "timeoutConfig": { "inProgressTimeoutInMinutes": 0 }
    |                                                    ^`,
    );
  });

  it.each([
    ['that are missing', {}, 'cannot read job.json: no such file: job.json'],
    ['that hold no request', { 'job.json': '[1]' }, 'job.json holds no mapping'],
  ])('%s are an error at their name', (_, files, message) => {
    expect(problemsOf(scenario, { files })).toContain(`scenario.yaml:4:21  error  ${message}\n`);
  });

  it('that are no JSON are an error in them', () => {
    expect(problemsOf(scenario, { files: { 'job.json': '{ "jobId": ' } })).toMatch(
      /^job\.json:1:12 {2}error {2}not YAML: /,
    );
  });

  it('are found beside the scenario', () => {
    const asked: string[] = [];
    const readText = (path: string) => {
      asked.push(path);
      return path.endsWith('.yaml') ? scenario : '{ "jobId": "fw", "document": "{}" }';
    };

    loadScenario('plans/night/s.yaml', { readText });

    expect(asked).toEqual(['plans/night/s.yaml', 'plans/night/job.json']);
  });
});

it('says which file cannot be read', () => {
  const readText = () => {
    throw new Error('ENOENT');
  };

  expect(() => loadScenario('gone.yaml', { readText })).toThrow('cannot read gone.yaml: ENOENT');
});

it.each([
  ['', 'scenario.yaml:1:1  error  the scenario: expected a mapping, not nothing\n'],
  ['- 1\n', 'scenario.yaml:1:1  error  the scenario: expected a mapping, not a list\n'],
  ['just words', 'scenario.yaml:1:1  error  the scenario: expected a mapping, not "just words"\n'],
])('refuses a file that is no mapping: %j', (text, message) => {
  expect(problemsOf(text)).toContain(message);
});

it('follows anchors and merges', () => {
  const text = `name: x
fleet:
  things: 10
  group: g
  cohorts:
    - &first { name: a, share: 50%, profile: { work: 10s } }
    - { <<: *first, name: b }
jobs:
  - create: { jobId: j, document: {} }
`;

  expect(loadText(text).scenario.fleet.cohorts?.[1]).toMatchObject({
    name: 'b',
    share: 0.5,
    profile: { work: 10_000 },
  });
});

it('refuses aliases that multiply without bound', () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const items =
      level === 0
        ? 'x, x'
        : Array(9)
            .fill(`*l${level - 1}`)
            .join(', ');
    return `l${level}: &l${level} [${items}]`;
  });

  expect(problemsOf(levels.join('\n'))).toContain('Excessive alias count');
});
