import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';

const price = z.number().nonnegative();

/** A price file: what one region charges from a day on, first tier, no free tier and no discount. */
export const Prices = z.strictObject({
  asOf: z.iso.date().describe('The day they were read from the price list.'),
  region: z.string().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capitals, such as USD'),
  messagesPerMillion: price.describe('MQTT messages of up to 5 KB.'),
  connectionMinutesPerMillion: price.describe('Minutes that things are connected.'),
  registryOperationsPerMillion: price.describe('Calls that read or write things and groups.'),
  remoteActionsPerThousand: price.describe('Job executions.'),
});

export type Prices = z.output<typeof Prices>;

/**
 * AWS's public list prices of IoT Core and IoT Device Management. Nothing keeps them up to date: whoever
 * needs them exact reads the price list of their region and names a file of their own.
 */
export const listPrices: Prices = {
  asOf: '2025-01-01',
  region: 'us-east-1',
  currency: 'USD',
  messagesPerMillion: 1,
  connectionMinutesPerMillion: 0.08,
  registryOperationsPerMillion: 1.25,
  remoteActionsPerThousand: 3,
};

/** Those of a file beside the scenario, else AWS's list. Throws AppError that names all that is wrong. */
export async function pricesOf(file: string | undefined, scenarioDir: string): Promise<Prices> {
  if (file === undefined) return listPrices;
  const path = resolve(scenarioDir, file);
  const parsed = Prices.safeParse(await readJson(path));
  if (parsed.success) return parsed.data;
  throw new AppError('scenario', `${path} is no price file:\n${z.prettifyError(parsed.error)}`, {
    hint: `name all prices and their day, such as ${JSON.stringify(listPrices)}`,
  });
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('scenario', `cannot read prices from ${path}: ${tellFileProblem(cause)}`, {
      hint: 'target.aws.prices names a JSON file, relative to the scenario',
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('scenario', `${path} is no JSON: ${messageOf(cause)}`, {
      hint: `a price file is such as ${JSON.stringify(listPrices)}`,
      cause,
    });
  }
}
