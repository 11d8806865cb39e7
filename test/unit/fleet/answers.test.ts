import { describe, expect, it } from 'vitest';
import { readServiceMessage } from '../../../src/fleet/answers.ts';
import { jobsTopic } from '../../../src/protocol/topics.ts';

const prefix = jobsTopic('pump-1', '');

function read(topic: string, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readServiceMessage(prefix, topic, Buffer.from(text));
}

describe('readServiceMessage', () => {
  const body = { clientToken: 't', timestamp: 1 };

  it.each([
    ['get/accepted', 'accepted', 'get'],
    ['start-next/accepted', 'accepted', 'start-next'],
    ['$next/get/accepted', 'accepted', 'describe'],
    ['fw-1/get/accepted', 'accepted', 'describe'],
    ['fw-1/update/accepted', 'accepted', 'update'],
    ['fw-1/update/rejected', 'rejected', 'update'],
    ['start-next/rejected', 'rejected', 'start-next'],
    ['get/get/accepted', 'accepted', 'describe'],
    ['start-next/update/rejected', 'rejected', 'update'],
  ])('%s is %s %s', (suffix, type, operation) => {
    expect(read(prefix + suffix, body)).toEqual({ type, operation, token: 't', body });
  });

  it.each(['notify', 'notify-next'])('%s is a notice', (type) => {
    expect(read(prefix + type, { timestamp: 1 })).toEqual({ type, message: { timestamp: 1 } });
  });

  it('a rejection may come without token, an answer for us never', () => {
    const rejection = { code: 'InvalidJson', message: 'no', timestamp: 1 };

    expect(read(`${prefix}fw-1/update/rejected`, rejection)).toMatchObject({
      type: 'rejected',
      token: undefined,
      body: rejection,
    });
    expect(read(`${prefix}fw-1/update/accepted`, { timestamp: 1 })).toBeUndefined();
  });

  it.each([
    ['another thing', jobsTopic('pump-2', 'notify'), body],
    ['a topic of no operation', `${prefix}fw-1/cancel/accepted`, body],
    ['no verdict', `${prefix}fw-1/update/maybe`, body],
    ['a request', `${prefix}fw-1/update`, body],
    ['too deep', `${prefix}fw-1/update/accepted/more`, body],
    ['a foreign notice', `${prefix}notify-all`, body],
    ['no JSON', `${prefix}notify`, '{'],
    ['no object', `${prefix}notify`, '7'],
    ['null', `${prefix}notify`, 'null'],
  ])('reads nothing of %s', (_, topic, content) => {
    expect(read(topic, content)).toBeUndefined();
  });
});
