import { describe, expect, it } from 'vitest';
import { listTags } from '../../../src/engine/tags.ts';
import { defaultAccount, formatArn } from '../../../src/protocol/names.ts';
import type { Tag } from '../../../src/protocol/tags.ts';
import { EngineRig, groupArn, thingArn } from '../../support/engine-rig.ts';

const jobArn = formatArn(defaultAccount, 'job', 'j');
const templateArn = formatArn(defaultAccount, 'jobtemplate', 'template');

/** A job, a template, a static and a dynamic group, each with the tag `made: yes`. */
function rigWithTagged(): EngineRig {
  const rig = new EngineRig();
  const tags = [{ Key: 'made', Value: 'yes' }];
  rig.must({ type: 'create-group', groupName: 'g', attributes: {}, tags });
  rig.must({
    type: 'create-dynamic-group',
    groupName: 'd',
    rule: { queryString: '*' },
    attributes: {},
    tags,
  });
  rig.provision(['t1']);
  rig.createJob({ jobId: 'j', tags });
  rig.must({
    type: 'create-template',
    request: { jobTemplateId: 'template', description: 'd', document: '{}', tags },
  });
  return rig;
}

const set = (rig: EngineRig, resourceArn: string, tags: readonly Tag[]) =>
  rig.send({ type: 'tag-resource', resourceArn, tags });
const tagsOf = (rig: EngineRig, resourceArn: string) => {
  const reply = listTags(rig.view, resourceArn);
  return reply.ok ? reply.value.tags : reply.rejection.code;
};

describe.each([
  ['job', jobArn],
  ['template', templateArn],
  ['group', groupArn('g')],
  ['dynamic group', groupArn('d')],
])('the tags of a %s', (_kind, arn) => {
  it('come with it, are set over, and go by key', () => {
    const rig = rigWithTagged();

    expect(tagsOf(rig, arn)).toEqual([{ Key: 'made', Value: 'yes' }]);
    expect(set(rig, arn, [{ Key: 'made', Value: 'again' }, { Key: '__proto__' }]).ok).toBe(true);
    expect(tagsOf(rig, arn)).toEqual([
      { Key: 'made', Value: 'again' },
      { Key: '__proto__', Value: '' },
    ]);
    rig.must({ type: 'untag-resource', resourceArn: arn, tagKeys: ['made', 'ghost'] });
    expect(tagsOf(rig, arn)).toEqual([{ Key: '__proto__', Value: '' }]);
  });
});

it('fifty tags are the limit, of which a change of one is no part', () => {
  const rig = rigWithTagged();
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}` }));

  expect(set(rig, jobArn, many)).toMatchObject({ rejection: { code: 'LimitExceeded' } });
  expect(set(rig, jobArn, many.slice(1)).ok).toBe(true);
  expect(set(rig, jobArn, [{ Key: 'made', Value: 'new' }]).ok).toBe(true);
});

it.each([
  ['ResourceNotFound', formatArn(defaultAccount, 'job', 'ghost')],
  ['ResourceNotFound', groupArn('ghost')],
  ['ResourceNotFound', jobArn.replace('us-east-1', 'eu-west-1')],
  ['ResourceNotFound', jobArn.replace('123456789012', '999999999999')],
  ['ResourceNotFound', 'arn:aws:iot:us-east-1::jobtemplate/AWS-Reboot:1.0'],
  ['InvalidRequest', thingArn('t1')],
  ['InvalidRequest', 'j'],
])('%s for %s', (code, resourceArn) => {
  const rig = rigWithTagged();

  expect(tagsOf(rig, resourceArn)).toBe(code);
  expect(set(rig, resourceArn, [])).toMatchObject({ rejection: { code } });
  expect(rig.send({ type: 'untag-resource', resourceArn, tagKeys: [] })).toMatchObject({
    rejection: { code },
  });
});

it('tags are gone with their resource', () => {
  const rig = rigWithTagged();
  rig.must({ type: 'delete-group', groupName: 'g' });
  rig.must({ type: 'create-group', groupName: 'g', attributes: {} });

  expect(tagsOf(rig, groupArn('g'))).toEqual([]);
});
