// The path as a message sequence chart: an ordered list, a step an item.

import { h } from './dom.js';

/** word is a message in its symbols. */
export function word(sent) {
  return [
    h('b', null, sent.message),
    ...sent.detail.map((d) => h('span', { class: 'detail' }, ` ${d}`)),
    sent.keyed && h('span', { class: 'seal', title: `sealed with the secret ${sent.keyed}` }, `{${sent.keyed}}`),
  ];
}

export const text = (sent) => [sent.message, ...sent.detail, sent.keyed ? `sealed with ${sent.keyed}` : ''].filter(Boolean).join(' ');

function arrow(sent, from) {
  const classes = ['message', from === 'Client' ? 'to-server' : 'to-client'];
  if (sent.keyed) classes.push('sealed');
  if (sent.alert) classes.push('alert');
  return h('div', { class: classes.join(' ') }, h('span', null, word(sent)));
}

function box(step) {
  const lines = [h('span', { class: 'label' }, step.role === 'Attacker' ? `attacker, to the ${step.to.toLowerCase()}: ${step.label}` : step.label)];
  if (step.call) lines.push(h('span', { class: 'note' }, step.call));
  if (step.narrows) lines.push(h('span', { class: 'note choice' }, `if ${step.narrows}`));
  return h('div', { class: `box ${step.role.toLowerCase()}` }, lines);
}

function item(step, n, last, go) {
  const said = step.sent.map(text).join(', ');
  return h('li', { class: last ? 'step last' : 'step', 'aria-current': last ? 'step' : null },
    h('button', {
      type: 'button', class: 'number', 'data-key': `step-${n}`, title: step.name,
      'aria-label': `Step ${n}: ${step.role} ${step.label}${said ? `, sends ${said}` : ''}. Go to the state after it.`, onclick: () => go(step.link),
    }, n),
    h('div', { class: 'lanes' },
      box(step),
      step.sent.map((s) => arrow(s, step.role)),
      step.ends && h('div', { class: `end ${step.role.toLowerCase()} ${step.ends.startsWith('failed') ? 'bad' : 'good'}` }, step.ends),
      step.violated.map((name) => h('div', { class: 'broken' }, h('span', { 'aria-hidden': 'true' }, '▲ '), `violates ${name}`)),
      step.attacks.map((name) => h('div', { class: 'attack-found' }, `known attack: ${name}`))));
}

/** chart draws a view's path. */
export function chart(view, go) {
  const head = h('div', { class: 'lane-names', 'aria-hidden': 'true' }, h('span', null, 'Client'), h('span', null, 'Network and attacker'), h('span', null, 'Server'));
  if (!view.steps.length) {
    return [head, h('p', { class: 'empty' }, 'Nothing has happened yet: take an action on the left, and the chart grows.')];
  }
  return [head, h('ol', { class: 'chart', 'aria-label': 'The steps of the path' },
    view.steps.map((s, i) => item(s, i + 1, i === view.steps.length - 1, go)))];
}
