// What stands left and right: the actions, the state, the properties.

import { h, plural } from './dom.js';

const kinds = [
  ['move', 'Drop, duplicate, reorder, send back'],
  ['change', 'Change'],
  ['inject', 'Inject'],
  ['replay', 'Replay and splice'],
  ['take', 'Play a part'],
];

function choice(c, number, go) {
  return h('li', null, h('button', {
    type: 'button', class: `choice ${c.role.toLowerCase()}`, 'data-key': `choice-${c.name}-${c.narrows ?? ''}`, 'data-name': c.name, title: c.name, onclick: () => go(c.link),
  },
  number && h('kbd', { 'aria-hidden': 'true' }, number),
  h('span', { class: 'what' }, c.role === 'Attacker' ? c.label : [h('b', null, c.role), ` ${c.label}`]),
  c.narrows && h('span', { class: 'note choice' }, `if ${c.narrows}`),
  c.leads && h('span', { class: 'note' }, '→ ', words(c.leads)),
  c.violates.length > 0 && h('span', { class: 'broken' }, `▲ violates ${c.violates.join(', ')}`)));
}

/** choices lists what is enabled. filter narrows the attacker's moves; opened
 * has the groups that are open. */
export function choices(view, go, { filter, onfilter, opened }) {
  const own = view.enabled.filter((c) => c.role !== 'Attacker');
  const moves = view.enabled.filter((c) => c.role === 'Attacker');
  const parts = [];
  if (own.length) {
    parts.push(h('ul', { class: 'choices', 'aria-label': 'Of client and server' }, own.map((c, i) => choice(c, i < 9 ? i + 1 : null, go))));
  } else {
    parts.push(h('p', { class: 'empty' }, moves.length ? 'Client and server have nothing left to do.' : 'This is an end: nothing can happen any more.'));
  }
  if (!moves.length) {
    const why = view.setting.budget ? 'The attacker has no move left.' : 'There is no attacker: choose how many moves it has above.';
    return [...parts, h('p', { class: 'empty small' }, why)];
  }
  const fits = (c) => c.name.toLowerCase().includes(filter.toLowerCase()) || c.label.toLowerCase().includes(filter.toLowerCase());
  parts.push(h('h3', null, 'The attacker', h('span', { class: 'count' }, ` ${plural(moves.length, 'move')}`)),
    h('input', { type: 'search', class: 'filter', 'data-key': 'filter', value: filter, placeholder: 'Filter, for instance ticket', 'aria-label': 'Filter the attacker\'s moves', oninput: (e) => onfilter(e.target.value) }));
  for (const to of ['Server', 'Client']) {
    for (const [kind, name] of kinds) {
      const some = moves.filter((c) => c.to === to && c.kind === kind && fits(c));
      if (!some.length) continue;
      const key = `${to}-${kind}`;
      const group = h('details', { open: filter !== '' || opened.has(key) || some.length <= 4 },
        h('summary', { 'data-key': `group-${key}` }, `${name}, to the ${to.toLowerCase()}`, h('span', { class: 'count' }, ` ${some.length}`)),
        h('ul', { class: 'choices', 'aria-label': `${name}, to the ${to.toLowerCase()}` }, some.map((c) => choice(c, null, go))));
      group.addEventListener('toggle', () => (group.open ? opened.add(key) : opened.delete(key)));
      parts.push(group);
    }
  }
  return parts;
}

const plain = new Set(['none', 'no', '–', 'in the clear', 'the client\'s']);

/** words lets a name like AwaitServerHello be broken before its capitals. */
const words = (name) => name.split(/(?=[A-Z])/).flatMap((w, i) => (i ? [h('wbr'), w] : [w]));

function cell(field) {
  if (!field) return h('td', { class: 'dim' }, '–');
  const classes = [plain.has(field.value) && 'dim', field.changed && 'changed'].filter(Boolean).join(' ');
  return h('td', { class: classes || null }, words(field.value), field.changed && h('span', { class: 'unseen' }, ' (changed)'));
}

function stream(name, list, inserted) {
  return h('div', { class: 'stream' },
    h('h4', null, name),
    list.length
      ? h('ol', { 'aria-label': `On the stream ${name}` }, list.map((m) => h('li', { class: [m.keyed && 'sealed', m.origin !== 'honest' && 'foreign'].filter(Boolean).join(' ') || null },
        m.text, m.keyed && h('span', { class: 'seal' }, ` {${m.keyed}}`), m.origin !== 'honest' && h('span', { class: 'note' }, ` ${m.origin}`))))
      : h('p', { class: 'dim' }, 'empty'));
}

// What is shown of the ends whatever it is.
const always = new Set(['state', 'secret', 'reads with', 'writes with']);

/** ends shows client, network, server and attacker. What says nothing at either
 * end is left out, unless all is asked for. */
export function ends(view, { all, onall }) {
  const of = (list, name) => list.find((f) => f.name === name);
  const names = [...new Set([...view.client, ...view.server].map((f) => f.name))]
    .filter((name) => all || always.has(name) || [of(view.client, name), of(view.server, name)].some((f) => f && (f.changed || !plain.has(f.value))));
  const a = view.attacker;
  return [
    h('table', { class: 'ends' },
      h('caption', { class: 'unseen' }, 'What client and server hold'),
      h('thead', null, h('tr', null, h('td', null, h('button', { type: 'button', class: 'link small', 'data-key': 'all-fields', 'aria-pressed': `${all}`, onclick: onall }, all ? 'less' : 'all fields')),
        h('th', { scope: 'col' }, 'Client'), h('th', { scope: 'col' }, 'Server'))),
      h('tbody', null, names.map((name) => h('tr', null, h('th', { scope: 'row' }, name), cell(of(view.client, name)), cell(of(view.server, name)))))),
    h('h3', null, 'Network'),
    h('div', { class: 'streams' }, stream('to the server', view.toServer), stream('to the client', view.toClient)),
    h('h3', null, 'Attacker'),
    h('p', { class: 'attacker' }, `${plural(a.budget, 'move')} left`,
      a.plays.length > 0 && `; plays the ${a.plays.join(' and the ').toLowerCase()}`, a.lost && '; something was taken off a stream'),
    view.open.length > 0 && h('p', { class: 'small dim' }, `Still open: ${view.open.join(', ')}`),
  ];
}

/** properties lists what the path says about each property, and what the whole
 * system does once it was asked. */
export function properties(view, about, verified, { go, onverify, busy, opened }) {
  const broken = new Map(view.broken.map((b) => [b.name, b.step]));
  const happened = new Map(view.attacks.map((b) => [b.name, b.step]));
  const met = new Set(view.met);
  const whole = new Map([...(verified?.properties ?? []), ...(verified?.attacks ?? [])].map((v) => [v.name, v]));
  const rank = (p) => (broken.has(p.name) ? 0 : whole.get(p.name)?.verdict === 'violated' ? 1 : met.has(p.name) ? 2 : 3);
  const row = (p, attack) => {
    const at = attack ? happened.get(p.name) : broken.get(p.name);
    const all = whole.get(p.name);
    const [mark, state] = at !== undefined ? ['▲', attack ? 'happens' : 'violated'] : met.has(p.name) ? ['●', 'holds'] : ['○', 'idle'];
    const said = { violated: `violated at step ${at}`, happens: `happens at step ${at}`, holds: 'holds so far', idle: 'not exercised on this path' }[state];
    return h('li', { class: `property ${state}`, 'data-property': p.name },
      h('details', null,
        h('summary', { 'data-key': `property-${p.name}` }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), h('span', { class: 'name' }, p.name), h('span', { class: 'unseen' }, `, ${said}`)),
        h('p', null, p.text), h('p', { class: 'small dim' }, p.requirements.join(' '))),
      at !== undefined && h('button', { type: 'button', class: 'link', 'data-key': `broken-${p.name}`, onclick: () => go(at ? view.steps[at - 1].link : view.start) }, said),
      all && verdict(all, go));
  };
  const list = [...about.properties].sort((x, y) => rank(x) - rank(y));
  const shown = list.filter((p) => rank(p) < 3), idle = list.filter((p) => rank(p) === 3);
  return [
    h('div', { class: 'row' }, h('h3', null, 'Properties'), h('span', { class: 'spring' }),
      h('button', { type: 'button', id: 'verify', 'data-key': 'verify', disabled: busy, onclick: onverify }, busy ? 'Exploring…' : 'Check the whole system')),
    h('p', { class: 'small dim', id: 'verified' }, verified
      ? `${plural(verified.states, 'state')}, ${plural(verified.transitions, 'transition')}, at most ${plural(verified.depth, 'step')} away`
      : 'What this path shows. The whole system has not been checked.'),
    shown.length > 0 && h('ul', { class: 'properties', 'aria-label': 'Properties' }, shown.map((p) => row(p, false))),
    idleGroup(idle.map((p) => row(p, false)), opened),
    h('h3', null, 'Attacks that nothing prevents'),
    h('ul', { class: 'properties', 'aria-label': 'Attacks that nothing prevents' }, about.attacks.map((p) => row(p, true))),
  ];
}

function idleGroup(rows, opened) {
  if (!rows.length) return null;
  const group = h('details', { class: 'idle', open: opened.has('idle') },
    h('summary', { 'data-key': 'idle' }, `${rows.length} that this path does not exercise`),
    h('ul', { class: 'properties', 'aria-label': 'Properties that this path does not exercise' }, rows));
  group.addEventListener('toggle', () => (group.open ? opened.add('idle') : opened.delete('idle')));
  return group;
}

function verdict(v, go) {
  if (v.shortest) {
    return h('button', { type: 'button', class: 'link shortest', 'data-key': `shortest-${v.name}`, onclick: () => go(v.shortest) },
      v.verdict === 'found' ? `found: take me there, ${plural(v.steps, 'step')}` : `take me to the shortest counterexample, ${plural(v.steps, 'step')}`);
  }
  const text = { holds: `holds in all ${v.checked.toLocaleString('en')}`, vacuous: 'is never exercised in this system', missing: 'does not happen', found: 'found', violated: 'violated' }[v.verdict];
  return h('span', { class: 'note' }, text);
}
