// The graph of the system: drawn as SVG where the library lays it out, on a
// canvas in layers by distance where it is larger.

import { $, h, paint, plural, say } from './dom.js';
import { ask, only } from './ask.js';
import { SVGDrawing } from './svgdrawing.js';
import { CanvasDrawing } from './canvasdrawing.js';

/** startOf is the address of a place's first state. */
function startOf(link) {
  const q = new URLSearchParams(link);
  q.delete('path');
  q.delete('mark');
  return q.toString();
}

/** kindOf sorts nodes for their colours. */
export function kindOf(node) {
  if (node.c === 'Established' && node.s === 'Established') return 'good';
  if (node.c === 'Failed' || node.s === 'Failed') return 'bad';
  return 'on';
}

/** layered gives the nodes of a large graph their places, by distance. */
function layered(graph) {
  const gap = 26, count = new Array(graph.layers).fill(0);
  for (const n of graph.nodes) count[n.l]++;
  const width = graph.widest * gap;
  const at = graph.nodes.map((n) => [width * (n.o + 0.5) / count[n.l], 40 + n.l * Math.max(90, 0.7 * width / graph.layers)]);
  return { at, lines: graph.edges.map(([from, to]) => ({ from, to, points: [at[from], at[to]] })) };
}

function laidOut(graph) {
  if (graph.drawn) return Promise.resolve(layered(graph));
  return new Promise((resolve, reject) => {
    const worker = new Worker('/layout.js', { type: 'module' });
    worker.addEventListener('message', ({ data }) => { worker.terminate(); resolve(data); });
    worker.addEventListener('error', (e) => { worker.terminate(); reject(new Error(`layout: ${e.message}`)); });
    worker.postMessage({ nodes: graph.nodes.length, edges: graph.edges });
  });
}

export function graphPane({ go, problem, state }) {
  const questions = { graph: only(), nodes: only(), node: only(), search: only() };
  const now = { start: null, graph: null, drawing: null, selected: 0, path: [], seen: null, hits: null, facts: null, link: null };

  async function load(view) {
    now.start = view.start;
    now.graph = now.drawing = now.seen = now.hits = now.link = null;
    $('visits').setAttribute('aria-pressed', 'false');
    paint($('graph'), h('p', { class: 'empty' }, 'Drawing…'));
    side();
    try {
      const graph = await questions.graph('graph', view.start);
      const layout = await laidOut(graph);
      if (now.start !== view.start) return;
      now.graph = graph;
      now.drawing = new (graph.drawn ? CanvasDrawing : SVGDrawing)($('graph'), graph, layout, select);
      await moved(state.view, true);
      now.drawing.fit();
    } catch (error) {
      if (error.name === 'AbortError') return;
      now.start = null;
      paint($('graph'), h('p', { class: 'empty' }, 'There is no drawing of this system.'));
      problem(error);
    }
  }

  async function moved(view, same) {
    if (state.tab !== 'graph') return;
    if (!same || now.start !== view.start) { await load(view); return; }
    if (!now.graph) return;
    try {
      const { nodes } = await questions.nodes('nodes', view.link);
      now.path = nodes.filter((n) => n >= 0);
      now.drawing.path = now.path;
      select(now.path.at(-1) ?? 0, true);
      $('graph').dataset.place = view.link;
    } catch (error) {
      if (error.name !== 'AbortError') problem(error);
    }
  }

  async function select(node, quiet) {
    now.selected = node;
    now.drawing.selected = node;
    now.drawing.show(node);
    now.drawing.draw();
    now.facts = null;
    now.link = null;
    side();
    const n = now.graph.nodes[node];
    if (!quiet) say(`State ${node}, ${plural(n.l, 'step')} away: client ${n.c}, server ${n.s}${n.b ? ', violates a property' : ''}`);
    try {
      Object.assign(now, await questions.node('node', `${now.start}&node=${node}`));
      side();
    } catch (error) {
      if (error.name !== 'AbortError') problem(error);
    }
  }

  function side() {
    const g = now.graph;
    if (!g) { paint($('graph-side'), h('p', { class: 'empty' }, 'No graph yet.')); return; }
    const n = g.nodes[now.selected];
    paint($('graph-side'), [
      h('p', { id: 'graph-size' }, `${plural(g.nodes.length, 'state')}, ${plural(g.edges.length, 'transition')}, ${plural(g.layers, 'layer')}`),
      now.seen && h('p', { id: 'visited' }, `${plural(now.seen.runs, 'recorded run')} of the implementation visited ${now.seen.nodes.length.toLocaleString('en')} of them in ${plural(now.seen.steps, 'step')}`,
        now.seen.differs > 0 && `; ${plural(now.seen.differs, 'run')} ended with a difference to this model`),
      legend(),
      h('h3', null, `State ${now.selected}`),
      h('p', null, `Client ${n.c}, server ${n.s}, ${plural(n.l, 'step')} from the first.`, n.b && h('b', { class: 'broken' }, ' A property is violated there, or on the way.')),
      now.link && h('button', { type: 'button', 'data-key': 'go-node', onclick: () => go(now.link) }, 'Go there by a shortest path'),
      now.facts && h('ul', { class: 'facts mono small', 'aria-label': 'The state' }, now.facts.map((f) => h('li', null, f))),
      now.hits && hits(),
    ]);
  }

  const legend = () => h('ul', { class: 'legend', 'aria-label': 'Legend' },
    [['on', 'under way'], ['good', 'both established'], ['bad', 'an end has failed'], ['broken', 'violates a property'], ['path', 'on this path'], ['seen', 'visited by the implementation']]
      .map(([c, name]) => h('li', null, h('span', { class: `key ${c}`, 'aria-hidden': 'true' }), name)));

  function hits() {
    return h('section', { id: 'hits', 'aria-label': 'Found states' },
      h('h3', null, `${plural(now.hits.total, 'state')} found`),
      h('ol', { class: 'hits' }, now.hits.hits.map((x) => h('li', null,
        h('button', { type: 'button', class: 'link', 'data-key': `hit-${x.node}`, onclick: () => go(x.link), onfocus: () => mark(x.node), title: x.text }, `${x.client} / ${x.server}, ${plural(x.steps, 'step')}`)))),
      now.hits.total > now.hits.hits.length && h('p', { class: 'small dim' }, 'The nearest are listed.'));
  }

  function mark(node) {
    now.drawing.selected = node;
    now.drawing.show(node);
    now.drawing.draw();
  }

  async function search() {
    try {
      now.hits = await questions.search('search', `${now.start}&q=${encodeURIComponent($('search-text').value)}`);
      now.drawing.hits = new Set(now.hits.hits.map((x) => x.node));
      now.drawing.draw();
      side();
      say(`${plural(now.hits.total, 'state')} found`);
      problem(null);
    } catch (error) {
      if (error.name !== 'AbortError') problem(error);
    }
  }

  /** loaded are the nodes of the runs in the file that was loaded, if they are of
   * this system. */
  async function loaded() {
    if (!now.seen) return [];
    const here = (state.walks ?? []).filter((w) => startOf(w.link) === now.start);
    const answers = await Promise.all(here.map((w) => ask('nodes', w.link)));
    return answers.flatMap((a) => a.nodes).filter((n) => n >= 0);
  }

  async function visits() {
    const on = $('visits').getAttribute('aria-pressed') !== 'true';
    if (!on || !now.graph) {
      now.seen = null;
    } else {
      try {
        now.seen = await ask('visits', now.start);
      } catch (error) {
        problem(error);
        return;
      }
    }
    $('visits').setAttribute('aria-pressed', `${on && !!now.seen}`);
    if (now.drawing) {
      now.drawing.seen = new Set(now.seen?.nodes ?? []);
      for (const n of await loaded()) now.drawing.seen.add(n);
      now.drawing.draw();
    }
    side();
  }

  /** neighbour finds the next node in a direction. */
  function neighbour(key) {
    const { nodes } = now.graph, here = nodes[now.selected];
    const best = (list, score) => list.reduce((b, i) => (b < 0 || score(i) < score(b) ? i : b), -1);
    const x = (i) => now.drawing.layout.at[i][0];
    const all = [...nodes.keys()];
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const next = now.graph.edges.filter(([a, b]) => (key === 'ArrowDown' ? a : b) === now.selected).map(([a, b]) => (key === 'ArrowDown' ? b : a)).filter((i) => i !== now.selected);
      return best(next, (i) => Math.abs(x(i) - x(now.selected)) + 1e6 * Math.abs(nodes[i].l - here.l));
    }
    const row = all.filter((i) => nodes[i].l === here.l && (key === 'ArrowRight' ? x(i) > x(now.selected) : x(i) < x(now.selected)));
    return best(row, (i) => Math.abs(x(i) - x(now.selected)));
  }

  $('graph').addEventListener('keydown', (e) => {
    if (!now.graph) return;
    if (e.key.startsWith('Arrow')) {
      const n = neighbour(e.key);
      if (n >= 0) select(n);
    } else if (e.key === 'Enter') {
      if (now.link) go(now.link);
    } else if (e.key === '+' || e.key === '=') {
      now.drawing.zoom(1.3);
    } else if (e.key === '-') {
      now.drawing.zoom(1 / 1.3);
    } else {
      return;
    }
    e.preventDefault();
  });
  $('zoom-in').addEventListener('click', () => now.drawing?.zoom(1.3));
  $('zoom-out').addEventListener('click', () => now.drawing?.zoom(1 / 1.3));
  $('zoom-fit').addEventListener('click', () => now.drawing?.fit());
  $('visits').addEventListener('click', visits);
  $('search').addEventListener('submit', (e) => { e.preventDefault(); search(); });
  addEventListener('sesame-theme', () => now.drawing?.draw());
  new ResizeObserver(() => now.drawing?.resize()).observe($('graph'));

  return { moved, shown: (view) => moved(view, true) };
}
