// Panes whose widths can be dragged, or set by the arrow keys.

import { $ } from './dom.js';

const panes = {
  'split-left': { property: '--left', key: 'sesame-left', sign: 1, min: 220, max: 520, start: 300 },
  'split-right': { property: '--right', key: 'sesame-right', sign: -1, min: 260, max: 560, start: 350 },
};

export function splits() {
  for (const [id, pane] of Object.entries(panes)) {
    const bar = $(id);
    let width = Number(localStorage.getItem(pane.key)) || pane.start;
    const set = (to) => {
      width = Math.round(Math.min(pane.max, Math.max(pane.min, to)));
      document.documentElement.style.setProperty(pane.property, `${width}px`);
      bar.setAttribute('aria-valuenow', width);
      localStorage.setItem(pane.key, width);
    };
    bar.setAttribute('aria-valuemin', pane.min);
    bar.setAttribute('aria-valuemax', pane.max);
    set(width);
    bar.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -20, ArrowRight: 20 }[event.key];
      if (!step) return;
      event.preventDefault();
      set(width + pane.sign * step);
    });
    bar.addEventListener('pointerdown', (event) => {
      bar.setPointerCapture(event.pointerId);
      const from = event.clientX, before = width;
      const move = (e) => set(before + pane.sign * (e.clientX - from));
      bar.addEventListener('pointermove', move);
      bar.addEventListener('pointerup', () => bar.removeEventListener('pointermove', move), { once: true });
    });
    bar.addEventListener('dblclick', () => set(pane.start));
  }
}
