import type { Summary } from '../summary.ts';
import { tellCourse, tellHarness } from '../wording.ts';
import { environmentFacts, keyFigures } from './key-figures.ts';
import { type Html, html } from './markup.ts';

type Verdict = Summary['run']['verdict'];

interface Look {
  readonly tone: 'good' | 'bad' | 'warn';
  readonly mark: string;
  readonly word: string;
}

const looks: Readonly<Record<Verdict, Look>> = {
  passed: { tone: 'good', mark: '✓', word: 'Passed' },
  failed: { tone: 'bad', mark: '✗', word: 'Failed' },
  inconclusive: { tone: 'warn', mark: '!', word: 'Inconclusive' },
  interrupted: { tone: 'warn', mark: '!', word: 'Interrupted' },
  error: { tone: 'bad', mark: '✗', word: 'Error' },
};

/** The answer: verdict, what speaks against believing it, and the figures most asked for. */
export function renderMasthead(summary: Summary): Html {
  const { run, scenario, environment } = summary;
  const { tone, mark, word } = looks[run.verdict];
  const kind = environment.target === 'simulation' ? 'prediction' : 'run report';
  return html`<p class="kicker">fleetrig ${kind} · ${run.id}</p>
<h1>${scenario.name}</h1>
<p class="verdict"><span class="badge ${tone}"><span aria-hidden="true">${mark}</span> ${word}</span> <span>exit code ${run.exitCode}: ${tellCourse(summary)}</span></p>
${renderError(summary)}
${renderDoubts(summary)}
<dl class="figures">
${keyFigures(summary).map(
  ({ name, value, note }) =>
    html`<div><dt>${name}</dt><dd>${value}${note !== undefined && html` <small>${note}</small>`}</dd></div>\n`,
)}</dl>
<dl class="facts">
${environmentFacts(summary).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

function renderError({ run }: Summary): Html | undefined {
  if (run.error === undefined) return undefined;
  return html`<div class="banner bad"><p class="lead">The run ended early</p><p>${run.error}</p></div>`;
}

/** Says only what is wrong: the section on the harness tells the rest. */
function renderDoubts(summary: Summary): Html | undefined {
  const { trusted, reasons } = summary.harness;
  if (trusted) return undefined;
  return html`<div class="banner warn"><p class="lead">These figures are not to be trusted, because the tool itself did not keep up</p>
<ul>${(reasons.length > 0 ? reasons : [tellHarness(summary)]).map((reason) => html`<li>${reason}</li>`)}</ul></div>`;
}
