// The dialog in which a scenario is put together.

import { $, h } from './dom.js';

const words = {
  ticket: 'Ticket in ClientHello', server: 'Server\'s callback', client: 'Client\'s callback', keys: 'PAC keys', sid: 'Session ID', named: 'Suite that the server\'s callback names',
  preferred: 'Suite that the client\'s callback names', tickets: 'Server issues RFC 5077 tickets', 'client-version': 'Client\'s version', 'server-version': 'Server\'s version',
  'client-ems': 'Client: extended_master_secret', 'server-ems': 'Server: extended_master_secret', 'client-etm': 'Client: encrypt_then_mac', 'server-etm': 'Server: encrypt_then_mac',
  exchange: 'Key exchange', 'client-auth': 'Server asks for a certificate', 'client-cert': 'Client has a certificate', 'stands-in': 'A PAC stands in for it',
  'trust-root': 'Client trusts the server\'s root', mode: 'Bulk cipher', 'session-ems': 'The session had extended_master_secret',
};

export function scenarioDialog(about, setting, explore) {
  const parse = (text) => Object.fromEntries(text.split(' ').filter(Boolean).map((w) => w.split('=')));
  const selects = new Map();
  const mark = (select, d) => select.classList.toggle('chosen', select.value !== d.default);
  $('dimensions').append(...about.dimensions.map((d) => {
    const select = h('select', { id: `dimension-${d.name}`, onchange: (e) => mark(e.target, d) }, d.values.map((v) => h('option', { value: v }, v)), h('option', { value: '?' }, 'open'));
    selects.set(d.name, select);
    return h('label', null, words[d.name] ?? d.name, ' ', select);
  }));
  const fill = (text) => {
    const chosen = parse(text);
    for (const d of about.dimensions) {
      selects.get(d.name).value = chosen[d.name] ?? d.default;
      mark(selects.get(d.name), d);
    }
  };
  const preset = $('preset');
  preset.append(h('option', { value: '' }, 'as it is'), ...about.presets.map((p, i) => h('option', { value: `${i}` }, p.name)));
  preset.addEventListener('change', () => fill(preset.value === '' ? setting().scenario : about.presets[preset.value].scenario));
  $('scenario-button').addEventListener('click', () => {
    preset.value = '';
    fill(setting().scenario);
    $('scenario').showModal();
  });
  $('scenario-cancel').addEventListener('click', () => $('scenario').close());
  $('scenario-form').addEventListener('submit', () => {
    const chosen = about.dimensions.filter((d) => selects.get(d.name).value !== d.default).map((d) => `${d.name}=${selects.get(d.name).value}`);
    explore(chosen.join(' '));
  });
}
