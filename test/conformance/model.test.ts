import { describe, expect, it } from 'vitest';
import { type Plane, planeModels } from '../../src/emulator/http-route.ts';
import type { Operation, PlaneModel } from '../../src/protocol/validation.ts';
import { startTestEmulator, urlOf } from '../support/emulator.ts';
import { type ModelCase, modelCases } from '../support/model-cases.ts';

/** Members that only AWS's prose asks for, so that a request made from the model gets past them. */
const alsoNeeded: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  CreateJob: { document: '{}' },
};

const operations = (['control', 'data'] as const).flatMap((plane) =>
  Object.entries(planeModels[plane].operations).map(
    ([name, operation]) => [plane, name, operation] as const,
  ),
);

/** Everything the service says about a request, made as an SDK would. */
async function send(url: string, plane: Plane, operation: Operation, input: ModelCase['input']) {
  const model = planeModels[plane];
  const { members = {} } = model.shapes[operation.input] ?? {};
  const query = new URLSearchParams();
  const scope = plane === 'data' ? 'iot-jobs-data' : 'iot';
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/${scope}/aws4_request, SignedHeaders=host, Signature=0`,
    'content-type': 'application/json',
  };
  const body: Record<string, unknown> = {};
  let path = operation.uri;
  for (const [name, value] of Object.entries(input)) {
    const { location, locationName = name } = members[name] ?? {};
    if (location === 'uri')
      path = path.replace(`{${locationName}}`, encodeURIComponent(String(value)));
    else if (location === 'querystring') query.set(locationName, String(value));
    else if (location === 'header') headers[locationName] = encodeHeader(String(value));
    else body[name] = value;
  }
  const hasBody = !['GET', 'DELETE'].includes(operation.method);
  const response = await fetch(`${url}${path}?${query}`, {
    method: operation.method,
    headers,
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    errorType: response.headers.get('x-amzn-errortype'),
    message: String((JSON.parse(text === '' ? '{}' : text) as { message?: unknown }).message ?? ''),
  };
}

function encodeHeader(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?');
}

function casesOf(model: PlaneModel, name: string, operation: Operation): ModelCase[] {
  return [...modelCases(model, operation)].map((each) => ({
    ...each,
    input: withProse(name, each.input),
  }));
}

/** What AWS's prose asks for beside a member that the case is about. */
function withProse(name: string, input: ModelCase['input']): ModelCase['input'] {
  const { schedulingConfig: schedule } = input;
  const needsEnd = typeof schedule === 'object' && schedule !== null && 'endBehavior' in schedule;
  return {
    ...('documentSource' in input ? {} : alsoNeeded[name]),
    ...input,
    ...(needsEnd ? { schedulingConfig: { endTime: '2025-06-01 00:00', ...schedule } } : {}),
  };
}

describe.each(operations)('%s plane: %s', (plane, name, operation) => {
  const cases = casesOf(planeModels[plane], name, operation);

  it(`judges ${cases.length} requests made from its model`, async () => {
    const { http } = await startTestEmulator();
    const wrong: string[] = [];

    for (const { title, input, refusal, path } of cases) {
      const answer = await send(urlOf(http), plane, operation, input);
      const verdict = judge(answer, refusal, path);
      if (verdict !== undefined) wrong.push(`${title}: ${verdict}`);
    }

    expect(wrong).toEqual([]);
  });
});

function judge(
  answer: Awaited<ReturnType<typeof send>>,
  refusal: string | undefined,
  path: string,
): string | undefined {
  const shown = `${answer.status} ${answer.errorType} ${answer.message.slice(0, 160)}`;
  if (refusal === undefined) {
    const isRefused = answer.message.includes(`at '${path}' failed to satisfy constraint`);
    return isRefused || answer.status >= 500 ? `should be allowed: ${shown}` : undefined;
  }
  const isRight =
    answer.status === 400 &&
    answer.errorType === 'InvalidRequestException' &&
    /^\d+ validation errors? detected: Value /.test(answer.message) &&
    answer.message.includes(`at '${path}' failed to satisfy constraint: Member must ${refusal}`);
  return isRight ? undefined : `should be refused (${refusal}): ${shown}`;
}
