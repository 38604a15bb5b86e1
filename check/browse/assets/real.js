// The path in the implementation: real octets beside the model's symbols.

import { $, h, paint, plural, say } from './dom.js';
import { only } from './ask.js';
import { difference } from './difference.js';

const bytes = (hex) => hex.match(/../g) ?? [];

/** dump shows octets, sixteen a line; a part can be lit up. */
function dump(hex, label) {
  const cells = bytes(hex).map((b) => h('span', null, b));
  const lines = [];
  for (let i = 0; i < cells.length; i += 16) {
    lines.push(h('div', null, h('span', { class: 'offset' }, i.toString(16).padStart(4, '0')), cells.slice(i, i + 16)));
  }
  return { element: h('div', { class: 'dump mono', role: 'img', 'aria-label': `${label}: ${cells.length} octets` }, lines), light: (at, n, on) => cells.slice(at, at + n).forEach((c) => c.classList.toggle('lit', on)) };
}

function fields(parts, light) {
  return h('table', { class: 'parts' },
    h('thead', { class: 'unseen' }, h('tr', null, h('th', { scope: 'col' }, 'field'), h('th', { scope: 'col' }, 'octets'), h('th', { scope: 'col' }, 'value'))),
    h('tbody', null, parts.map((p) => h('tr', { class: `depth-${Math.min(p.depth, 4)}`, onmouseenter: () => light(p.at, p.length, true), onmouseleave: () => light(p.at, p.length, false) },
      h('td', null, p.name), h('td', { class: 'dim' }, `${p.at}+${p.length}`), h('td', { class: 'mono' }, p.value)))));
}

function record(r) {
  const wire = dump(r.octets, 'On the wire'), clear = r.clear && dump(r.clear, 'Decrypted');
  return h('details', { class: `record ${r.from.toLowerCase()}` },
    h('summary', null, h('b', null, r.from), ` ${r.messages} `, h('span', { class: 'count' }, plural(r.octets.length / 2, 'octet')), clear && h('span', { class: 'seal' }, ' decrypted')),
    clear && [h('p', { class: 'title' }, 'Decrypted'), clear.element],
    fields(r.parts, (clear || wire).light),
    h('p', { class: 'title' }, 'On the wire'), wire.element);
}

function step(s, i, agreed) {
  const ok = i < agreed;
  return h('li', { class: ok ? 'ok' : 'differs' },
    h('div', { class: 'symbols' }, h('span', { class: 'number' }, i + 1), h('b', null, s.role), ` ${s.label}`,
      h('ul', { class: 'mono', 'aria-label': 'The model sends' }, s.model.map((m) => h('li', null, m)))),
    h('div', { class: 'records' }, s.records.length ? s.records.map(record) : h('p', { class: 'dim' }, s.role === 'Attacker' ? 'takes octets away' : 'sends nothing')));
}

export function realPane({ problem, state }) {
  const real = only();
  const now = { answer: null, busy: false };

  async function run() {
    now.busy = true;
    draw();
    try {
      now.answer = await real('real', state.view.link);
      say(now.answer.difference ? 'Model and implementation differ.' : `Model and implementation agree on ${plural(now.answer.agreed, 'step')}.`);
      problem(null);
    } catch (error) {
      if (error.name === 'AbortError') return;
      problem(error);
    }
    now.busy = false;
    draw();
  }

  function draw() {
    const a = now.answer;
    paint($('view-real'), h('div', { class: 'page' },
      h('h2', null, 'The implementation'),
      h('p', null, 'Run the path in the implementation: two real endpoints, records between them, and the attacker\'s moves made on octets. Each step is held against the model.'),
      h('button', { type: 'button', class: 'primary', id: 'run-real', 'data-key': 'run-real', disabled: now.busy || !state.view.steps.length, onclick: run }, now.busy ? 'Running…' : 'Run this in the implementation'),
      !state.view.steps.length && h('p', { class: 'empty' }, 'There is no step yet.'),
      a && [
        h('p', { id: 'real-verdict', class: a.difference ? 'verdict bad' : 'verdict good' },
          a.difference ? `Model and implementation differ at step ${a.agreed + 1}.`
            : a.waits ? 'The implementation waits for the rest of what the garbage seems to begin, as it may; nothing is compared from there on.'
              : `Model and implementation agree on ${a.agreed === 1 ? 'the step' : `all ${plural(a.agreed, 'step')}`}.`),
        a.difference && difference(a.difference, 'in the model', 'in the implementation'),
        h('details', null, h('summary', { 'data-key': 'real-scenario' }, 'Scenario'), h('p', { class: 'mono small' }, a.scenario)),
        h('ol', { class: 'real', 'aria-label': 'Steps in the implementation' }, a.steps.map((s, i) => step(s, i, a.agreed))),
        a.secrets.length > 0 && h('section', null, h('h3', null, 'Secrets at the end'), h('dl', { class: 'secrets' }, a.secrets.map((s) => [h('dt', null, s.name), h('dd', { class: 'mono' }, s.value)]))),
      ]));
  }

  return { moved: () => { now.answer = null; if (state.tab === 'real') draw(); }, shown: draw };
}
