import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listPrices, Prices, pricesOf } from '../../../src/cloud/prices.ts';
import { temporaryFolder } from '../../support/cloud.ts';

function fileWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'prices.json'), text);
  return folder;
}

it('has a dated table of its own', async () => {
  expect(await pricesOf(undefined, '/nowhere')).toEqual(listPrices);
  expect(Prices.parse(listPrices)).toEqual(listPrices);
});

it('reads one that lies beside the scenario', async () => {
  const own = { ...listPrices, asOf: '2026-02-03', region: 'eu-west-1', messagesPerMillion: 1.2 };

  expect(await pricesOf('prices.json', fileWith(JSON.stringify(own)))).toEqual(own);
});

it('names all that is wrong with one at once', async () => {
  const { region: _, ...wrong } = { ...listPrices, currency: 'dollars', messagesPerMillion: -1 };
  const folder = fileWith(JSON.stringify({ ...wrong, asOf: 'today', perMessage: 1 }));

  const refused = pricesOf('prices.json', folder);

  await expect(refused).rejects.toMatchObject({ code: 'scenario' });
  for (const name of ['asOf', 'region', 'currency', 'messagesPerMillion', 'perMessage']) {
    await expect(refused).rejects.toThrow(name);
  }
});

it.each([
  ['no.json', 'cannot read prices from'],
  ['prices.json', 'is no JSON'],
])('says what is the matter with %s', async (file, message) => {
  const refused = pricesOf(file, fileWith('{ "asOf": '));

  await expect(refused).rejects.toMatchObject({ code: 'scenario' });
  await expect(refused).rejects.toThrow(message);
});
