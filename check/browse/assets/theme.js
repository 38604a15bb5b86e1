// Light, dark, or as the system is.

import { $ } from './dom.js';

const names = { auto: ['◐', 'as the system is'], light: ['☀', 'light'], dark: ['☾', 'dark'] };

export function theme() {
  let now = localStorage.getItem('sesame-theme') ?? 'auto';
  const set = (to) => {
    now = to in names ? to : 'auto';
    localStorage.setItem('sesame-theme', now);
    document.documentElement.dataset.theme = now;
    const [sign, name] = names[now];
    $('theme').textContent = sign;
    $('theme').title = `Theme: ${name}`;
    $('theme').setAttribute('aria-label', `Theme: ${name}`);
    dispatchEvent(new Event('sesame-theme'));
  };
  set(now);
  const order = Object.keys(names);
  $('theme').addEventListener('click', () => set(order[(order.indexOf(now) + 1) % order.length]));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => set(now));
}
