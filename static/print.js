/* print: tables and remarks that are folded on the screen are open on paper; a print button shows where printing works. */
let opened = null;

function once() {
  if (opened) {
    return;
  }
  opened = [];
  window.addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    opened.forEach((part) => { part.open = true; });
  });
  window.addEventListener('afterprint', () => opened.forEach((part) => { part.open = false; }));
}

export function start(part) {
  once();
  if (part.matches('[data-print]') && typeof window.print === 'function') {
    part.hidden = false;
    part.addEventListener('click', () => window.print());
  }
}
