// The page: where it is, what it shows, and how it moves.

import { $, h, paint, plural, say } from './dom.js';
import { ask, only, Problem } from './ask.js';
import { chart, text } from './chart.js';
import { choices, ends, properties } from './panes.js';
import { splits } from './split.js';
import { graphPane } from './graph.js';
import { comparePane } from './compare.js';
import { realPane } from './real.js';
import { filesPane } from './files.js';
import { theme } from './theme.js';
import { scenarioDialog } from './scenario.js';

const state = {
  about: null, // what there is to choose from
  view: null, // what the server says of this place
  wanted: null, // the address that was asked for, until it is answered
  trail: [], // the addresses along the longest path that was gone here
  all: false, // every field of the ends
  filter: '', opened: new Set(), // the attacker's moves, and which groups are open
  verified: null, verifying: false, // the whole system
  tab: 'chart',
};

const walk = only();

/** go shows another place. */
async function go(query, { replace = false, push = true, keepProblem = false } = {}) {
  let view;
  state.wanted = query;
  try {
    view = await walk('walk', query);
  } catch (error) {
    if (error.name === 'AbortError') return;
    state.wanted = null;
    controls();
    problem(error);
    return;
  }
  state.wanted = null;
  if (!keepProblem) problem(null);
  if (replace) history.replaceState(null, '', `?${view.link}`);
  else if (push && `?${view.link}` !== location.search) history.pushState(null, '', `?${view.link}`);
  show(view);
}

function show(view) {
  const same = state.view?.start === view.start;
  if (!same) {
    state.verified = null;
    state.trail = [];
  }
  const links = view.steps.map((s) => s.link);
  if (!links.every((l, i) => state.trail[i] === l)) state.trail = links;
  state.view = view;
  document.title = view.steps.length ? `${view.steps.length}. ${view.steps.at(-1).role} ${view.steps.at(-1).label} – Sesame explorer` : 'Sesame explorer';
  controls();
  left();
  paint($('view-chart'), chart(view, go));
  $('view-chart').scrollTop = $('view-chart').scrollHeight;
  right();
  for (const pane of Object.values(panes)) pane.moved(view, same);
  document.body.dataset.place = view.link; // a sign that all is shown
  announce(view);
}

function announce(view) {
  const last = view.steps.at(-1);
  if (!last) {
    say(`The first state. ${plural(view.enabled.length, 'action')}.`);
    return;
  }
  const sent = last.sent.map(text).join(', ');
  const broken = last.violated.length ? ` It violates ${last.violated.join(', ')}.` : '';
  say(`Step ${view.steps.length}: ${last.role} ${last.label}.${sent ? ` Sends ${sent}.` : ''}${broken} ${plural(view.enabled.length, 'action')}.`);
}

function controls() {
  const { view, about } = state;
  if (!view) return;
  $('profile').value = view.setting.profile;
  $('mutant').value = view.setting.mutant;
  $('budget').value = `${view.setting.budget}${view.setting.wireOnly ? 'w' : ''}`;
  const preset = about.presets.find((p) => p.scenario === view.setting.scenario);
  $('scenario-text').textContent = preset ? preset.name : view.setting.scenario || 'A full handshake';
  $('scenario-button').title = view.setting.scenario || 'all dimensions at their defaults';
  $('to-start').disabled = $('back').disabled = view.steps.length === 0;
  $('forward').disabled = state.trail.length <= view.steps.length;
  $('run-on').disabled = !view.enabled.some((c) => c.role !== 'Attacker');
}

function left() {
  const first = () => $('choices').querySelector('button.choice') ?? $('actions-title');
  paint($('choices'), choices(state.view, go, { filter: state.filter, opened: state.opened, onfilter: (text) => { state.filter = text; left(); } }), first);
  const filter = $('choices').querySelector('.filter');
  if (filter && document.activeElement === filter) filter.setSelectionRange(filter.value.length, filter.value.length);
}

function right() {
  paint($('ends'), ends(state.view, { all: state.all, onall: () => { state.all = !state.all; right(); } }));
  paint($('properties'), properties(state.view, state.about, state.verified, { go: chartOf, busy: state.verifying, onverify: verify, opened: state.opened }));
}

async function verify() {
  const start = state.view.start;
  state.verifying = true;
  right();
  try {
    const verified = await ask('verify', start);
    if (state.view.start === start) {
      state.verified = verified;
      const broken = verified.properties.filter((p) => p.verdict === 'violated').length;
      say(`${plural(verified.states, 'state')}: ${broken ? `${plural(broken, 'property').replace('propertys', 'properties')} violated` : 'nothing is violated'}.`);
    }
    problem(null);
  } catch (error) {
    problem(error);
  }
  state.verifying = false;
  right();
}

/** runOn takes the first action of client or server until there is none. */
async function runOn() {
  let view = state.view, steps = 0;
  try {
    for (let next; (next = view.enabled.find((c) => c.role !== 'Attacker')) && steps < 64; steps++) view = await walk('walk', next.link);
  } catch (error) {
    if (error.name !== 'AbortError') problem(error);
    return;
  }
  if (steps) go(view.link);
}

const stepTo = (n) => go(n === 0 ? state.view.start : state.trail[n - 1]);
const back = () => { if (state.view.steps.length) stepTo(state.view.steps.length - 1); };
const forward = () => { if (state.trail.length > state.view.steps.length) stepTo(state.view.steps.length + 1); };

/** change explores another system, from its first state. */
function change(changes) {
  const q = new URLSearchParams(state.wanted ?? state.view.start);
  q.delete('path');
  q.delete('mark');
  for (const [key, value] of Object.entries(changes)) {
    if (value === '') q.delete(key);
    else q.set(key, value);
  }
  if ('scenario' in changes) q.set('scenario', changes.scenario);
  return go(q.toString());
}

/** problem shows what is wrong, or nothing any more. */
function problem(error) {
  const place = $('problem');
  place.hidden = !error;
  if (!error) {
    place.replaceChildren();
    return;
  }
  const parts = error instanceof Problem ? [h('b', null, error.where), `: ${error.what}. `, h('span', null, `${error.remedy[0].toUpperCase()}${error.remedy.slice(1)}.`)] : [error.message];
  place.replaceChildren(...[h('p', null, parts), h('button', { type: 'button', onclick: () => problem(null) }, 'Dismiss')]);
  if (!(error instanceof Problem)) throw error;
}

/** chartOf shows another place, and its chart. */
function chartOf(link) {
  tab('chart');
  return go(link);
}

const context = { go, chartOf, problem, state };
const panes = { graph: graphPane(context), compare: comparePane(context), real: realPane(context), files: filesPane(context) };

function tab(name) {
  state.tab = name;
  for (const button of $('tabs').children) {
    const on = button.id === `tab-${name}`;
    button.setAttribute('aria-selected', on);
    button.tabIndex = on ? 0 : -1;
    $(button.getAttribute('aria-controls')).hidden = !on;
  }
  panes[name]?.shown(state.view);
}

function listen() {
  $('to-start').addEventListener('click', () => go(state.view.start));
  $('back').addEventListener('click', back);
  $('forward').addEventListener('click', forward);
  $('run-on').addEventListener('click', runOn);
  $('profile').addEventListener('change', (e) => change({ profile: e.target.value }));
  $('mutant').addEventListener('change', (e) => {
    const m = state.about.mutants.find((x) => x.name === e.target.value);
    change({ mutant: e.target.value, ...(m && m.budget > state.view.setting.budget ? { budget: m.budget } : {}) });
  });
  $('budget').addEventListener('change', (e) => change({ budget: e.target.value.replace('w', '').replace(/^0$/, ''), wire: e.target.value.endsWith('w') ? '1' : '' }));
  $('share').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      say('The address was copied.');
      $('share').textContent = 'Copied';
      $('share').addEventListener('blur', () => { $('share').textContent = 'Copy link'; }, { once: true });
    } catch {
      problem(new Problem({ where: 'the clipboard', what: 'the browser does not let the page write to it', do: 'copy the address from the address line' }));
    }
  });
  $('help-button').addEventListener('click', () => $('help').showModal());
  $('tabs').addEventListener('click', (e) => { if (e.target.role === 'tab' || e.target.getAttribute('role') === 'tab') tab(e.target.id.slice(4)); });
  $('tabs').addEventListener('keydown', (e) => {
    const all = [...$('tabs').children], i = all.indexOf(document.activeElement);
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1 + all.length, Home: 0, End: all.length - 1 }[e.key];
    if (to === undefined || i < 0) return;
    e.preventDefault();
    all[to % all.length].focus();
    tab(all[to % all.length].id.slice(4));
  });
  addEventListener('popstate', () => go(location.search.slice(1), { push: false }));
  document.addEventListener('keydown', shortcut);
}

function shortcut(e) {
  if (e.ctrlKey || e.altKey || e.metaKey || !$('keys').checked || document.querySelector('dialog[open]')) return;
  if (e.target.closest('input, select, textarea, #graph')) return;
  if (/^[1-9]$/.test(e.key)) {
    const c = state.view.enabled.filter((x) => x.role !== 'Attacker')[Number(e.key) - 1];
    if (c) go(c.link);
    return;
  }
  const does = {
    b: back, f: forward, e: runOn, '?': () => $('help').showModal(),
    '/': () => { tab('graph'); $('search-text').focus(); },
  }[e.key];
  if (!does) return;
  e.preventDefault();
  does();
}

function fill() {
  const { about } = state;
  $('profile').append(...about.profiles.map((p) => h('option', { value: p.name, title: p.quirks.join('\n') }, p.name)));
  $('mutant').append(h('option', { value: '' }, 'none'), ...about.mutants.map((m) => h('option', { value: m.name, title: m.text }, m.name)));
  $('budget').append(h('option', { value: '0' }, 'none'));
  for (let n = 1; n <= about.maxBudget; n++) {
    $('budget').append(h('option', { value: `${n}` }, plural(n, 'move')), h('option', { value: `${n}w` }, `${plural(n, 'move')}, on the wire alone`));
  }
  scenarioDialog(about, () => state.view.setting, (scenario) => change({ scenario }));
}

theme();
splits();
state.about = await ask('about', '');
fill();
listen();
await go(location.search.slice(1), { replace: true });
if (!state.view) await go('', { replace: true, keepProblem: true });
