import { behaviours } from '../../src/device/behaviours.ts';
import { figures } from '../../src/metrics/catalog.ts';
import { scenarioJsonSchema } from '../../src/scenario/schema.ts';
import { cell, fieldTable, type JsonSchema } from './json-schema-table.ts';
import { table } from './markdown-table.ts';

/** docs/scenario.md, from the schema, the table of behaviours and the catalogue of figures. */
export function scenarioReference(): string {
  const schema = scenarioJsonSchema() as JsonSchema;
  const { Profile = {}, Distribution = {}, Dialect = {} } = schema.definitions ?? {};
  return `# Scenario reference

Generated from the schema; \`npx vitest run test/docs -u\` renews it. Editors get the same by
\`npx fleetrig schema > fleetrig.schema.json\` and a first line
\`# yaml-language-server: $schema=fleetrig.schema.json\`.

Durations carry their unit (\`250ms\`, \`30s\`, \`1h30m\`) and are simulated time unless it says wall time.
Shares are percentages with their sign (\`88%\`). Any value can be overridden on the command line:
\`--set fleet.cohorts.0.share=80%\`. Flags win over \`FLEETRIG_SEED\`, \`FLEETRIG_WORKERS\` and \`FLEETRIG_OUT\`,
those over the file.

## Scenario

${fieldTable(schema)}

\`create\` and \`updateJob\` take AWS's own request members; what AWS would refuse is refused with AWS's own
sentence, at the line where it stands.

## Profile

${fieldTable(Profile)}

How \`correlated\`, \`outcomeOverTime\`, \`download\` and \`link.flapping\` work, with an example of what
they do to an abort rule: [failures that come together](correlated-failures.md).

### Behaviours

What \`outcome\` can name, alone or with shares: \`{ succeed: 90%, fail: 10% }\`.

${table(
  ['behaviour', 'what the device does'],
  Object.entries(behaviours).map(([name, text]) => [`\`${name}\``, cell(text)]),
)}

## Distribution

${cell(Distribution.description ?? '')} Draws are seeded per thing, job and attempt.

| form | example |
| --- | --- |
| always the same | \`40s\` |
| uniform | \`{ uniform: [5s, 20s] }\` |
| normal, not below 0 | \`{ normal: { mean: 40s, deviation: 5s } }\` |
| lognormal | \`{ lognormal: { median: 40s, p99: 3m } }\` |
| exponential | \`{ exponential: { mean: 30s } }\` |
| Weibull | \`{ weibull: { scale: 60s, shape: 1.5 } }\` |
| points with weights | \`{ points: [ [5s, 3], [60s, 1] ] }\` |

## RateDistribution

The same forms, of rates: \`200kB/s\`, \`{ uniform: [50kB/s, 2MB/s] }\`.
Units are \`B/s\`, \`kB/s\` and \`MB/s\`; those of sizes \`B\`, \`kB\`, \`MB\` and \`GB\`, all in steps of 1,000.

## Dialect

What AWS leaves open, under \`emulator.dialect\`. Sections and C numbers are those of the reference the
emulator was built from; see [coverage](coverage.md).

${fieldTable(Dialect)}

## Expectations

\`<figure> <operator> <value or figure>\`, with \`== != < <= > >=\`. Values carry their unit where the figure
has one. A name that does not exist is an error, never a pass; so is a figure that the run does not have.
On the right, \`predicted\` alone is the same figure of the prediction that every finished run makes of
itself: \`jobs.fw.abort.executed == predicted\`. \`fleetrig predict\` skips such lines, and latencies.

${table(
  ['figure', 'unit', 'meaning'],
  figures.map((figure) => [
    `\`${figure.pattern}\``,
    figure.kind === 'number' ? figure.unit : figure.kind,
    cell(figure.help),
  ]),
)}
`;
}
