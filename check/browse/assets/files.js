// A trace or a capture, walked along the model.

import { $, h, paint, plural, say } from './dom.js';
import { ask } from './ask.js';

export function filesPane({ chartOf, problem, state }) {
  const now = { answer: null, name: '', busy: false };

  async function load(file) {
    if (!file) return;
    now.busy = true;
    now.name = file.name;
    draw();
    try {
      now.answer = await ask('load', state.view.start, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } });
      state.walks = now.answer.walks; // the graph marks their states
      say(`${plural(now.answer.walks.length, 'run')} in ${file.name}.`);
      problem(null);
    } catch (error) {
      now.answer = null;
      problem(error);
    }
    now.busy = false;
    draw();
  }

  function walked(w) {
    const all = w.agreed === w.steps && !w.why;
    return h('li', { class: all ? 'ok' : 'differs' },
      h('h3', null, w.name),
      h('p', { class: all ? 'verdict good' : 'verdict bad' }, all ? `The model goes along with all ${plural(w.steps, 'step')}.` : `The model goes along with ${w.agreed} of ${plural(w.steps, 'step')}. ${w.why ?? ''}`),
      h('button', { type: 'button', 'data-key': `walk-${w.name}`, onclick: () => chartOf(w.link) }, 'Walk it'),
      h('details', null, h('summary', { 'data-key': `tale-${w.name}` }, 'What was recorded'),
        h('ol', { class: 'mono small' }, w.tale.map((t, i) => h('li', { class: i >= w.agreed ? 'dim' : null }, t)))));
  }

  function draw() {
    const a = now.answer;
    paint($('view-files'), h('div', { class: 'page' },
      h('h2', null, 'Files'),
      h('p', null, 'Choose an NDJSON trace (', h('code', null, 'sesame serve --trace'), ', ', h('code', null, 'connect --trace'), ', ', h('code', null, 'tla record'), '), a report of ', h('code', null, 'sesame model explore --json'),
        ', or a pcap or pcapng file of TLS over TCP or of EAP-FAST over RADIUS, with the keys in it. It is walked along the model with the profile and the mutant that are chosen above, in a scenario in which what it does not tell is at its default. It is not kept.'),
      h('label', { class: 'drop', ondragover: (e) => e.preventDefault(), ondrop: (e) => { e.preventDefault(); load(e.dataTransfer.files[0]); } },
        h('span', null, now.busy ? `Walking ${now.name}…` : 'A file, up to 8 MiB: choose it, or drop it here'),
        h('input', { type: 'file', id: 'file', 'data-key': 'file', onchange: (e) => load(e.target.files[0]) })),
      a && h('section', { id: 'loaded', 'aria-label': 'Runs in the file' },
        h('h3', null, `${now.name}: ${plural(a.walks.length, 'run')}`, a.more > 0 && `, and ${a.more} more that were left out`),
        h('ol', { class: 'walks' }, a.walks.map(walked)))));
  }

  return { moved: () => { if (state.tab === 'files') draw(); }, shown: draw };
}
