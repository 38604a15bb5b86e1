// Elements without a framework: h makes one, paint puts some in a place.

const svgNames = new Set(['svg', 'g', 'path', 'rect', 'circle', 'line', 'text', 'title']);

/** h makes an element. Properties that begin with "on" are listeners; false and
 * null leave an attribute out. */
export function h(name, properties, ...children) {
  const e = svgNames.has(name) ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.startsWith('on')) e.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) e.setAttribute(key, value === true ? '' : value);
  }
  e.append(...children.flat(Infinity).filter((c) => c != null && c !== false && c !== ''));
  return e;
}

/** paint replaces what is in a place. An element that had the keyboard's focus
 * keeps it, found by its data-key; where it is gone, fallback gets it. */
export function paint(place, children, fallback) {
  const active = document.activeElement;
  const had = active && active !== place && place.contains(active);
  const key = had ? active.closest('[data-key]')?.dataset.key : null;
  place.replaceChildren(...[children].flat(Infinity).filter(Boolean));
  if (!had) return;
  const same = key && place.querySelector(`[data-key="${CSS.escape(key)}"]`);
  (same || fallback?.() || place).focus({ preventScroll: !same });
}

export const $ = (id) => document.getElementById(id);

/** say tells those who do not see the page. */
export function say(text) {
  $('live').textContent = text;
}

/** plural: 1 step, 2 steps. */
export const plural = (n, one) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
