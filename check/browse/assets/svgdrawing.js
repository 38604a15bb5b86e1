// A graph as SVG.

import { h } from './dom.js';
import { Drawing } from './drawing.js';
import { kindOf } from './graph.js';

const line = (points) => points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

export class SVGDrawing extends Drawing {
  constructor(place, graph, layout, select) {
    super(place, graph, layout, select);
    const attack = new Set(graph.edges.filter(([, , l]) => graph.attack[l]).map(([a, b]) => `${a} ${b}`));
    this.lines = layout.lines.map((l) => h('path', { d: line(l.points), class: attack.has(`${l.from} ${l.to}`) ? 'edge attack' : 'edge' }));
    this.nodes = graph.nodes.map((n, i) => {
      const [x, y] = layout.at[i];
      return h('g', { class: 'node', transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
        h('circle', { r: 13, class: 'halo' }),
        n.b ? h('path', { d: 'M0 -10L9 7L-9 7Z', class: 'body' }) : h('circle', { r: 7.5, class: 'body' }),
        h('circle', { r: 2.6, class: 'dot' }));
    });
    this.layer = h('g', null, this.lines, this.nodes);
    this.svg = h('svg', { role: 'img', 'aria-label': `${graph.nodes.length} states in ${graph.layers} layers`, class: 'graph' }, this.layer);
    place.replaceChildren(this.svg);
    this.listen(this.svg);
  }

  draw() {
    this.layer.setAttribute('transform', `translate(${this.x} ${this.y}) scale(${this.scale})`);
    const path = new Set(this.path);
    this.nodes.forEach((g, i) => {
      const n = this.graph.nodes[i];
      const names = ['node', kindOf(n), n.b && 'broken', path.has(i) && 'path', this.seen.has(i) && 'seen', this.hits.has(i) && 'hit', i === this.selected && 'selected'];
      g.setAttribute('class', names.filter(Boolean).join(' '));
    });
    this.layout.lines.forEach((l, i) => this.lines[i].classList.toggle('path', this.onPath(l.from, l.to)));
  }
}
