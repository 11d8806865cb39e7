import { axisNames, tellPoint } from '../sweep-text.ts';
import { type Sweep, type SweptPoint, unwantedAborts } from '../uncertainty.ts';
import { formatCount } from '../wording.ts';
import type { Chart, Point, Series } from './chart.ts';

/** With more best points than this the description would not end. */
const toldMax = 12;

/** The trade-off as a picture: aborts against harm, the points no other beats joined. */
export function sweepChart(sweep: Sweep): Chart {
  const { points, axes, seeds, healthy } = sweep;
  const names = axisNames(axes).join(', ');
  const ordered = [...points].sort(
    (a, b) =>
      unwantedAborts(a).probability - unwantedAborts(b).probability ||
      b.harmedThings.mean - a.harmedThings.mean,
  );
  const best = ordered.filter(({ isBest }) => isBest);
  const others = ordered.filter(({ isBest }) => !isBest);
  const told = best.slice(0, toldMax).map((point) => tellPoint(point, axes));
  const unwanted = healthy === undefined ? 'aborts' : 'false aborts';
  return {
    id: 'sweep',
    title: `Trade-off of ${names}`,
    description: `${formatCount(points.length)} points of ${formatCount(seeds)} seeds over ${names}; ${formatCount(best.length)} that no other beats are joined: ${told.join('; ')}.`,
    caption: `Towards the lower left is better. No other point has fewer ${unwanted} than one of the best without more things harmed, nor the other way round.`,
    x: {
      label:
        healthy === undefined
          ? 'probability that a job aborts'
          : `probability that a job aborts although all things are ${healthy}`,
      unit: 'percent',
      scale: 'linear',
      domain: [0, 100],
    },
    y: { label: 'things harmed (mean)', unit: 'count', scale: 'linear' },
    series: [
      {
        name: 'joined best',
        shape: 'line',
        color: 'failed',
        isThin: true,
        endLabel: '',
        points: best.map(placeOf),
      },
      ...(others.length === 0 ? [] : [dotsOf('others', others, axes)]),
      {
        ...dotsOf('best', best, axes),
        color: 'failed',
        isThin: false,
        labels: best.map(({ values }) => values.join(', ')),
      },
    ],
  };
}

function dotsOf(name: string, points: readonly SweptPoint[], axes: readonly string[]): Series {
  return {
    name,
    shape: 'dots',
    color: 'axis',
    isThin: true,
    endLabel: '',
    points: points.map(placeOf),
    tips: points.map((point) => tellPoint(point, axes)),
  };
}

function placeOf(point: SweptPoint): Point {
  return [100 * unwantedAborts(point).probability, point.harmedThings.mean];
}
