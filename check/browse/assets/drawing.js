// What both drawings of a graph share: a view that is moved and zoomed.

export class Drawing {
  constructor(place, graph, layout, select) {
    Object.assign(this, { place, graph, layout, onselect: select, selected: 0, path: [], seen: new Set(), hits: new Set() });
    this.scale = 1;
    this.x = this.y = 0; // of the picture's corner, on the screen
    const xs = layout.at.map((p) => p[0]), ys = layout.at.map((p) => p[1]);
    const low = (list) => list.reduce((a, b) => Math.min(a, b)), high = (list) => list.reduce((a, b) => Math.max(a, b));
    this.box = [low(xs) - 24, low(ys) - 24, high(xs) + 24, high(ys) + 24];
  }

  /** listen makes a picture follow the pointer and the wheel. */
  listen(picture) {
    picture.addEventListener('wheel', (e) => {
      e.preventDefault();
      const r = picture.getBoundingClientRect();
      this.zoom(e.deltaY < 0 ? 1.15 : 1 / 1.15, e.clientX - r.left, e.clientY - r.top);
    }, { passive: false });
    picture.addEventListener('pointerdown', (e) => {
      const start = [e.clientX, e.clientY, this.x, this.y];
      let dragged = false;
      const move = (m) => {
        const dx = m.clientX - start[0], dy = m.clientY - start[1];
        if (!dragged && Math.hypot(dx, dy) < 4) return;
        dragged = true;
        [this.x, this.y] = [start[2] + dx, start[3] + dy];
        this.draw();
      };
      addEventListener('pointermove', move);
      addEventListener('pointerup', (up) => {
        removeEventListener('pointermove', move);
        if (dragged) return;
        const r = picture.getBoundingClientRect();
        const n = this.nearest((up.clientX - r.left - this.x) / this.scale, (up.clientY - r.top - this.y) / this.scale);
        if (n >= 0) this.onselect(n);
      }, { once: true });
    });
  }

  size() { return [this.place.clientWidth, this.place.clientHeight]; }

  zoom(by, atX = this.size()[0] / 2, atY = this.size()[1] / 2) {
    const to = Math.min(4, Math.max(0.004, this.scale * by));
    this.x = atX - (atX - this.x) * to / this.scale;
    this.y = atY - (atY - this.y) * to / this.scale;
    this.scale = to;
    this.draw();
  }

  /** fit shows the whole graph. */
  fit() {
    const [w, h] = this.size(), [x0, y0, x1, y1] = this.box;
    if (!w || !h) return;
    this.scale = Math.min(1.6, w / (x1 - x0), h / (y1 - y0));
    this.x = (w - (x0 + x1) * this.scale) / 2;
    this.y = (h - (y0 + y1) * this.scale) / 2;
    this.draw();
  }

  /** show moves the view so that a node is in it. */
  show(node) {
    const [w, h] = this.size(), [px, py] = this.layout.at[node];
    const x = px * this.scale + this.x, y = py * this.scale + this.y, edge = 30;
    if (x < edge) this.x += edge - x;
    if (y < edge) this.y += edge - y;
    if (x > w - edge) this.x -= x - w + edge;
    if (y > h - edge) this.y -= y - h + edge;
  }

  /** nearest finds the node at a point of the graph, -1 if there is none. */
  nearest(x, y) {
    let best = -1, distance = 14 / Math.min(1, this.scale);
    this.layout.at.forEach((p, i) => {
      const d = Math.hypot(p[0] - x, p[1] - y);
      if (d < distance) [best, distance] = [i, d];
    });
    return best;
  }

  /** onPath tells the edges of the path. */
  onPath(from, to) {
    return this.path.some((n, i) => n === from && this.path[i + 1] === to);
  }

  resize() { this.draw(); }
}
