/*
 * submit: one press sends a form once.  The server is safe against a second one anyway; this spares people the doubt.  A form that is
 * still here after ten seconds (offline, stopped) may be sent again.
 */
const PATIENCE_MS = 10000;

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-disabled="true"]').forEach((button) => button.removeAttribute('aria-disabled'));
}

/* The Enter that ends a Chinese composition is no wish to send (keyCode 229: Safari ends the composition before the key arrives). */
function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

export function start(form) {
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && composing(event)) {
      event.preventDefault();
    }
  });
  if (form.method !== 'post') {
    return;
  }
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '1';
    event.submitter?.setAttribute('aria-disabled', 'true');
    setTimeout(() => release(form), PATIENCE_MS);
  });
  /* Back brings the page from memory as it was left. */
  window.addEventListener('pageshow', () => release(form));
}
