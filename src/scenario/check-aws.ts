import { thingNameOf } from '../device/population.ts';
import { isThingName } from '../protocol/names.ts';
import { member, type Outline, textOf } from './outline.ts';
import { type Finding, finding, type Path } from './problem.ts';

/** Of the prefix that everything a run makes on AWS begins with: `fr-1a2b3c4d-`. */
const namePrefixLength = 12;

const jobIdLengthMax = 64;

/** What the settings of an AWS target ask of each other, and of the rest of the scenario. */
export function checkAws(value: unknown, outline: Outline): Finding[] {
  const { aws } = outline;
  if (aws === undefined) return [];
  return [
    ...checkConnection(value, aws),
    ...checkIdentity(aws),
    ...checkNames(aws, outline),
    ...checkExisting(aws, outline),
    ...checkTargets(value),
  ];
}

const at = (...path: Path): Path => ['target', 'aws', ...path];

function checkConnection(value: unknown, aws: unknown): Finding[] {
  const connect = textOf(member(aws, 'connect'));
  const hasAuthorizer = member(aws, 'authorizer') !== undefined;
  const findings: Finding[] = [];
  if (connect === 'custom' && !hasAuthorizer) {
    findings.push(
      finding(at('connect'), 'a custom authorizer has a name', {
        hint: 'add authorizer: { name: … } beside it',
      }),
    );
  }
  if (connect !== 'custom' && hasAuthorizer) {
    findings.push(
      finding(at('authorizer'), 'nobody asks an authorizer here', {
        at: 'key',
        hint: 'add connect: custom, or leave it out',
      }),
    );
  }
  if (connect === 'websocket' && member(member(value, 'fleet'), 'client') === 'packet') {
    findings.push(
      finding(['fleet', 'client'], 'packet speaks no WebSocket', {
        hint: 'use mqttjs, or connect: mtls',
      }),
    );
  }
  return findings;
}

function checkIdentity(aws: unknown): Finding[] {
  const identity = member(aws, 'identity');
  const from = textOf(member(identity, 'from'));
  const findings: Finding[] = [];
  if (from === 'files' && member(identity, 'dir') === undefined) {
    findings.push(
      finding(at('identity', 'from'), 'nothing says where the files are', {
        hint: 'add dir: ./certs beside it',
      }),
    );
  }
  if (from !== 'files' && member(identity, 'dir') !== undefined) {
    findings.push(
      finding(at('identity', 'dir'), 'no files are read', {
        at: 'key',
        hint: 'add from: files, or leave it out',
      }),
    );
  }
  return findings;
}

/** What a run makes gets a prefix, and must still be short enough. */
function checkNames(aws: unknown, { things, thingName, jobs, groups }: Outline): Finding[] {
  const prefix = 'x'.repeat(namePrefixLength);
  const findings: Finding[] = [];
  const tooLong = (name: string) =>
    `"${name}" is too long: on AWS a prefix of ${namePrefixLength} characters comes before it`;
  const last = thingNameOf(thingName, (things ?? 1) - 1);
  if (member(aws, 'things') !== 'existing' && isThingName(last) && !isThingName(prefix + last)) {
    findings.push(finding(['fleet', 'thingName'], tooLong(last)));
  }
  for (const { name, path } of jobs) {
    if (name.length <= jobIdLengthMax && name.length + namePrefixLength > jobIdLengthMax) {
      findings.push(finding(path, tooLong(name)));
    }
  }
  if (member(aws, 'group') === 'existing') return findings;
  for (const { name, path } of groups) {
    if (isThingName(name) && !isThingName(prefix + name))
      findings.push(finding(path, tooLong(name)));
  }
  return findings;
}

/** What was there before the run is not its to change, nor to reach without need. */
function checkExisting(aws: unknown, { timeline, groups }: Outline): Finding[] {
  const findings: Finding[] = [];
  const isOthers = member(aws, 'group') === 'existing' && member(aws, 'things') !== 'existing';
  if (isOthers && groups.length > 0) {
    findings.push(
      finding(at('group'), 'a group of before holds none of the things that this run makes', {
        hint: 'a job for it would reach real devices only: leave it out, or add things: existing',
      }),
    );
  }
  for (const { action, settings, path } of timeline) {
    const group = textOf(member(settings, 'group'));
    if (action === 'removeThings' && group === undefined && member(aws, 'things') === 'existing') {
      findings.push(
        finding(path, 'the things were there before: a run does not delete them', {
          at: 'key',
          hint: 'leave it out, or things: create',
        }),
      );
    }
    const changesGroup = action === 'addThings' || group !== undefined;
    if (changesGroup && member(aws, 'group') === 'existing') {
      findings.push(
        finding(path, 'the group was there before: a run does not change who is in it', {
          at: 'key',
          hint: 'leave it out, or group: create',
        }),
      );
    }
  }
  return findings;
}

/** A job for whatever an ARN names could reach devices that are none of this run. */
function checkTargets(value: unknown): Finding[] {
  const jobs = member(value, 'jobs');
  if (!Array.isArray(jobs)) return [];
  return jobs.flatMap((job: unknown, index) => {
    const targets = member(member(job, 'create'), 'targets');
    if (!Array.isArray(targets)) return [];
    return targets.flatMap((target: unknown, place) =>
      textOf(target)?.startsWith('arn:') !== true
        ? []
        : [
            finding(['jobs', index, 'create', 'targets', place], 'an ARN may name real devices', {
              hint: 'name a group or thing of this scenario, with group: existing if it is there already',
            }),
          ],
    );
  });
}
