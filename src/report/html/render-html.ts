import type { Summary } from '../summary.ts';
import { tellObservation } from '../wording.ts';
import { cloudSection } from './cloud.ts';
import { cohortsSection } from './cohorts.ts';
import { comparisonSection } from './comparison.ts';
import { expectationsSection } from './expectations.ts';
import { harnessSection, invariantsSection, observationSection } from './health.ts';
import { abortSection, rolloutSection, statesSection } from './jobs.ts';
import { latencySection, overTimeSection } from './latency.ts';
import { renderMasthead } from './masthead.ts';
import { type PageSection, renderPage } from './page.ts';
import { predictionSections } from './prediction.ts';
import { scenarioSection } from './scenario-text.ts';
import { slowestSection } from './slowest.ts';
import { timelineSection } from './timeline.ts';

/** `report.html`: all of a run or a prediction in one file that needs no other. Equal summaries make equal pages. */
export function renderHtml(summary: Summary): string {
  const { run, scenario, tool, prediction } = summary;
  const observed = tellObservation(summary);
  const sections: readonly PageSection[] = [
    expectationsSection(summary),
    rolloutSection(summary),
    abortSection(summary),
    statesSection(summary),
    ...(prediction === undefined ? measured(summary) : predictionSections(prediction)),
    cohortsSection(summary),
    ...(prediction === undefined ? [comparisonSection(summary)] : []),
    timelineSection(summary),
    slowestSection(summary),
    ...(summary.cloud === undefined ? [] : [cloudSection(summary.cloud)]),
    ...(observed.length === 0 ? [] : [observationSection(observed)]),
    invariantsSection(summary),
    ...(prediction === undefined ? [harnessSection(summary)] : []),
    scenarioSection(summary),
  ];
  return renderPage({
    title: `${scenario.name}: ${run.verdict} - fleetrig`,
    masthead: renderMasthead(summary),
    sections,
    footer: `Made by fleetrig ${tool.version} from the report.json beside it. Times are simulated unless they say otherwise.`,
  });
}

/** What only a wire can tell. */
function measured(summary: Summary): PageSection[] {
  return [latencySection(summary), overTimeSection(summary)];
}
