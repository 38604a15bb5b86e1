// A step that is not alike in two places.

import { h } from './dom.js';

/** difference is a table: what the step shows in either. */
export function difference(d, here, there) {
  return h('table', { class: 'difference' },
    h('caption', null, d.action),
    h('thead', null, h('tr', null, h('td'), h('th', { scope: 'col' }, here), h('th', { scope: 'col' }, there))),
    h('tbody', null, h('tr', null, h('th', { scope: 'row' }, d.field), h('td', null, d.here), h('td', null, d.there))));
}
