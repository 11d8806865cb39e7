/**
 * What a page can do beyond being read: themes, a cross-hair that reads the rows of a chart's table, series
 * that go and come, everything unfolded on paper. Plain script without a library; 3 KB at most.
 */
export const enhancer = `{
const root = document.documentElement;
const all = (selector, from = root) => [...from.querySelectorAll(selector)];
const onSize = (element, act) => new ResizeObserver(act).observe(element);

for (const label of all('.theme')) {
  const select = label.lastElementChild;
  const key = 'fleetrig-theme';
  try { select.value = localStorage.getItem(key) ?? ''; } catch {}
  (select.onchange = () => {
    root.dataset.theme = select.value;
    try { localStorage.setItem(key, select.value); } catch {}
  })();
  label.hidden = false;
}

for (const frame of all('.scroll')) onSize(frame, () => {
  frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1;
});

for (const figure of all('figure')) {
  const items = all('.legend li', figure);
  if (items[1]) for (const item of items) {
    const inside = [...item.childNodes];
    const button = document.createElement('button');
    button.append(...inside);
    item.append(button);
    button.ariaPressed = true;
    button.onclick = () => {
      const isOff = button.ariaPressed === 'true';
      button.ariaPressed = !isOff;
      for (const part of all('[data-series=' + item.dataset.key + ']', figure)) part.classList.toggle('off', isOff);
    };
  }

  const [table] = all('[data-positions]', figure);
  if (!table) continue;
  const [head, ...rows] = [...table.rows].map(({ cells }) => [...cells].map((cell) => cell.textContent));
  const positions = table.dataset.positions.split(' ');
  const [output] = all('output', figure);
  const [plot] = all('.plot', figure);
  const [probe] = all('.probe', figure);
  const hair = probe.firstChild;
  probe.hidden = false;
  onSize(plot, () => {
    const svg = all('svg', plot).find(({ clientWidth }) => clientWidth);
    if (!svg) return;
    const { width, height } = svg.viewBox.baseVal;
    const { left, right, top, bottom } = svg.dataset;
    const inset = [top / height, 1 - right / width, 1 - bottom / height, left / width];
    probe.style.inset = inset.map((part) => part * 100 + '%').join(' ');
  });
  let at = 0;
  const show = (index) => {
    at = Math.max(0, Math.min(rows.length - 1, index));
    hair.style.left = positions[at] * 100 + '%';
    hair.className = 'hair';
    probe.ariaValueNow = at;
    probe.ariaValueText = rows[at][0];
    output.textContent = rows[at].map((cell, index) => head[index] + ' ' + cell).join(' · ');
  };
  probe.onpointerdown = probe.onpointermove = ({ clientX }) => {
    const { left, width } = probe.getBoundingClientRect();
    const far = positions.map((position) => Math.abs((clientX - left) / width - position));
    show(far.indexOf(Math.min(...far)));
  };
  probe.onblur = probe.onpointerleave = () => { hair.className = ''; };
  probe.onfocus = () => show(at);
  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -1e9, End: 1e9 };
  probe.onkeydown = (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    show(at + step);
  };
}

let folded;
onbeforeprint = () => {
  folded = all('details:not([open])');
  for (const details of folded) details.open = true;
};
onafterprint = () => {
  for (const details of folded) details.open = false;
};
}
`.replaceAll(/\n\s*/g, '\n');
