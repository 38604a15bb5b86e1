// A large graph on a canvas: only what is in view is drawn, once a frame.

import { h } from './dom.js';
import { Drawing } from './drawing.js';
import { kindOf } from './graph.js';

export class CanvasDrawing extends Drawing {
  constructor(place, graph, layout, select) {
    super(place, graph, layout, select);
    this.canvas = h('canvas', { role: 'img', 'aria-label': `${graph.nodes.length} states in ${graph.layers} layers`, class: 'graph' });
    place.replaceChildren(this.canvas);
    this.listen(this.canvas);
    this.drawn = 0; // frames
  }

  draw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => { this.asked = false; this.paint(); });
  }

  paint() {
    const [w, hgt] = this.size(), ratio = devicePixelRatio;
    if (!w || !hgt) return;
    Object.assign(this.canvas, { width: w * ratio, height: hgt * ratio });
    const c = this.canvas.getContext('2d');
    const style = getComputedStyle(this.place);
    const colour = (name) => style.getPropertyValue(name).trim();
    c.setTransform(ratio * this.scale, 0, 0, ratio * this.scale, this.x * ratio, this.y * ratio);
    const left = -this.x / this.scale, top = -this.y / this.scale, right = left + w / this.scale, bottom = top + hgt / this.scale;
    this.edges(c, colour, { left, top, right, bottom });
    const r = Math.max(3, 2 / this.scale);
    const path = new Set(this.path);
    this.layout.at.forEach(([x, y], i) => {
      if (x < left - r || x > right + r || y < top - r || y > bottom + r) return;
      const n = this.graph.nodes[i];
      c.fillStyle = colour(`--node-${kindOf(n)}`);
      c.beginPath();
      if (n.b) {
        c.moveTo(x, y - 1.6 * r);
        c.lineTo(x + 1.4 * r, y + r);
        c.lineTo(x - 1.4 * r, y + r);
        c.closePath();
        c.fillStyle = colour('--node-broken');
      } else {
        c.arc(x, y, r, 0, 2 * Math.PI);
      }
      c.fill();
      if (this.seen.has(i)) this.ring(c, x, y, r * 0.45, colour('--node-seen'), true);
      if (this.hits.has(i) || path.has(i)) this.ring(c, x, y, r * 1.7, colour(path.has(i) ? '--accent' : '--node-hit'));
      if (i === this.selected) this.ring(c, x, y, r * 2.4, colour('--accent'));
    });
    this.place.dataset.frames = ++this.drawn;
  }

  edges(c, colour, view) {
    c.lineWidth = 0.7 / this.scale;
    c.strokeStyle = colour('--edge');
    c.globalAlpha = this.graph.edges.length > 5000 ? 0.35 : 0.7;
    c.beginPath();
    for (const { points: [a, b] } of this.layout.lines) {
      if (Math.max(a[1], b[1]) < view.top || Math.min(a[1], b[1]) > view.bottom || Math.max(a[0], b[0]) < view.left || Math.min(a[0], b[0]) > view.right) continue;
      c.moveTo(a[0], a[1]);
      c.lineTo(b[0], b[1]);
    }
    c.stroke();
    c.globalAlpha = 1;
    c.lineWidth = 2.5 / this.scale;
    c.strokeStyle = colour('--accent');
    c.beginPath();
    this.path.forEach((n, i) => c[i ? 'lineTo' : 'moveTo'](...this.layout.at[n]));
    c.stroke();
  }

  ring(c, x, y, r, stroke, fill) {
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    c.lineWidth = 2 / Math.max(0.4, this.scale);
    if (fill) { c.fillStyle = stroke; c.fill(); } else { c.strokeStyle = stroke; c.stroke(); }
  }
}
