// The same path in another system: with another profile, or with a fault.

import { $, h, paint, plural, say } from './dom.js';
import { only } from './ask.js';
import { difference } from './difference.js';

export function comparePane({ chartOf, problem, state }) {
  const compare = only();
  const now = { profile: null, mutant: '', answer: null, busy: false };

  async function run() {
    now.busy = true;
    draw();
    try {
      const q = new URLSearchParams(state.view.link);
      q.set('other-profile', now.profile);
      q.set('other-mutant', now.mutant);
      now.answer = await compare('compare', q.toString());
      say(now.answer.difference ? `They agree for ${plural(now.answer.agreed, 'step')}, and differ then.` : 'They agree on the whole path.');
      problem(null);
    } catch (error) {
      if (error.name === 'AbortError') return;
      now.answer = null;
      problem(error);
    }
    now.busy = false;
    draw();
  }

  function draw() {
    const { about, view } = state;
    const text = about.mutants.find((m) => m.name === now.mutant);
    const quirks = about.profiles.find((p) => p.name === now.profile)?.quirks ?? [];
    paint($('view-compare'), h('div', { class: 'page' },
      h('h2', null, 'The difference'),
      h('p', null, 'Hold this path, and the whole system, against one with another profile or with a planted fault.'),
      h('form', { id: 'compare-form', class: 'inline', onsubmit: (e) => { e.preventDefault(); run(); } },
        h('label', null, 'Profile ', h('select', { 'data-key': 'other-profile', id: 'other-profile', onchange: (e) => { now.profile = e.target.value; draw(); } },
          about.profiles.map((p) => h('option', { value: p.name, selected: p.name === now.profile }, p.name)))),
        h('label', null, 'Mutant ', h('select', { 'data-key': 'other-mutant', id: 'other-mutant', onchange: (e) => { now.mutant = e.target.value; draw(); } },
          h('option', { value: '' }, 'none'), about.mutants.map((m) => h('option', { value: m.name, selected: m.name === now.mutant }, m.name)))),
        h('button', { type: 'submit', class: 'primary', 'data-key': 'compare', disabled: now.busy }, now.busy ? 'Comparing…' : 'Compare')),
      text && h('p', { class: 'note' }, text.text, text.source && ` Seen in ${text.source}.`),
      quirks.length > 0 && h('details', null, h('summary', { 'data-key': 'quirks' }, `${plural(quirks.length, 'quirk')} of ${now.profile}`), h('ul', null, quirks.map((q) => h('li', null, q)))),
      now.answer && answer(now.answer, view)));
  }

  function answer(a, view) {
    const same = !a.difference && !a.onlyHere.length && !a.onlyThere.length;
    return h('div', { id: 'compared' },
      h('section', null, h('h3', null, 'On this path'),
        h('p', null, same ? `Both take its ${plural(a.steps, 'step')} alike, and can do the same at its end.` : a.difference ? `Both take ${a.agreed} of its ${plural(a.steps, 'step')} alike.` : `Both take its ${plural(a.steps, 'step')} alike, and then can do different things.`),
        a.difference && difference(a.difference, 'here', 'there'),
        [['Only here', a.onlyHere], ['Only there', a.onlyThere]].map(([name, list]) => list.length > 0 && h('details', null, h('summary', null, `${name}: ${plural(list.length, 'action')}`), h('ul', { class: 'mono' }, list.map((x) => h('li', null, x))))),
        h('button', { type: 'button', 'data-key': 'there', onclick: () => chartOf(a.there) }, 'Show this path there')),
      h('section', null, h('h3', null, 'Nearest to the first state'),
        a.nearest
          ? [h('p', null, `A shortest way to a difference, among ${plural(a.pairs, 'pair')} of states:`), difference(a.nearest, 'here', 'there'),
            h('button', { type: 'button', id: 'nearest-here', 'data-key': 'nearest-here', onclick: () => chartOf(a.shortest) }, 'Show it here'), ' ',
            h('button', { type: 'button', id: 'nearest-there', 'data-key': 'nearest-there', onclick: () => chartOf(a.shortestThere) }, 'Show it there')]
          : h('p', null, `None in ${plural(a.pairs, 'pair')} of states: in this scenario, with so many moves, the two cannot be told apart.`)),
      view.setting.budget === 0 && h('p', { class: 'small dim' }, 'Some differences take an attacker: give it a move above.'));
  }

  return {
    moved: () => { now.answer = null; if (state.tab === 'compare') draw(); },
    shown: (view) => {
      if (now.profile === null) now.profile = state.about.profiles.map((p) => p.name).find((p) => p !== view.setting.profile);
      draw();
    },
  };
}
