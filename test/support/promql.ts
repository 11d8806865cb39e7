import { parser } from '@prometheus-io/lezer-promql';

/** What an expression reads: one metric, and the labels it chooses series by. */
interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface ParsedPromQl {
  /** Where the text is no PromQL, with what stands there; empty when all of it is. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels it groups or joins by. */
  readonly groupings: readonly string[];
}

export function parsePromQl(expr: string): ParsedPromQl {
  const errors: string[] = [];
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings: string[] = [];
  let isGrouping = false;
  parser.parse(expr).iterate({
    enter({ name, type, from, to }) {
      const text = expr.slice(from, to);
      if (type.isError) errors.push(`${from}: ${expr.slice(Math.max(0, from - 20), to + 20)}`);
      if (name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      const selector = selectors.at(-1);
      if (name === 'Identifier' && selector?.metric === '') selector.metric = text;
      if (name === 'GroupingLabels') isGrouping = true;
      if (name !== 'LabelName') return;
      if (isGrouping) groupings.push(text);
      else selector?.labels.push(text);
    },
    leave({ name }) {
      if (name === 'GroupingLabels') isGrouping = false;
    },
  });
  return { errors, selectors, groupings };
}
