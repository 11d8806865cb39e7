import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');
}

interface LabelChoice {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** `label_values(<selector>, <label>)` */
  readonly query: string;
  /** The regular expression that "All" stands for: `.+`, or `.*` where series may lack the label. */
  readonly all: '.+' | '.*';
}

/** Values of a label, several or all at once, as `=~"$name"` takes them. */
export function labelVariable(choice: LabelChoice): QueryVariableBuilder {
  return new QueryVariableBuilder(choice.name)
    .label(choice.label)
    .description(choice.description)
    .query({ query: choice.query, refId: `variable-${choice.name}` })
    .definition(choice.query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(choice.all)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

const steps = ['1s', '2s', '5s', '10s', '15s', '30s', '1m'];

/** `$__rate_interval` is made of it: with a step that is too short every rate is empty. */
export function stepVariable(): CustomVariableBuilder {
  const [first = '1s'] = steps;
  return new CustomVariableBuilder('step')
    .label('Sample step')
    .description(
      'Time between two samples: the scrape interval, or the step of a back-filled metrics.om. When the rates are empty, choose a longer one.',
    )
    .values(steps.join(','))
    .options(steps.map((step) => ({ selected: step === first, text: step, value: step })))
    .current({ selected: true, text: first, value: first });
}
