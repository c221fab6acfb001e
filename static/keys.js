/* keys: a link that names a key in data-key is followed by that key, but never while somebody types or holds another key. */
export function start(link) {
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof Element && event.target.closest('input, select, textarea, [contenteditable]');
    if (event.key === link.dataset.key && !typing && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      link.click();
    }
  });
}
