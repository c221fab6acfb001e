/*
 * app: loads each behaviour only on pages that ask for it by a data- attribute.  Every page works without any of them.
 * static/build.sh puts the hashed names in place of the names below.
 */
const behaviours = {
  'form': () => import('./submit.js'),
  '[data-count-max]': () => import('./count.js'),
  '[data-copy]': () => import('./copy.js'),
  '[data-card]': () => import('./card.js'),
  '[data-leave]': () => import('./leave.js'),
  '[data-key]': () => import('./keys.js'),
  'input[type="file"][data-max-bytes]': () => import('./file.js'),
  '[data-print], details': () => import('./print.js'),
};

for (const [selector, load] of Object.entries(behaviours)) {
  const parts = document.querySelectorAll(selector);
  if (parts.length > 0) {
    load().then((module) => parts.forEach((part) => module.start(part)), () => {});
  }
}

/* The answer of a POST whose form a GET shows too: Back comes to that, and no browser asks whether to send the form once more. */
if (document.documentElement.hasAttribute('data-again')) {
  history.replaceState(null, '', location.href);
}

/* Older browsers do not take autofocus on anything but fields. */
document.querySelector('.errors[autofocus]')?.focus();
