/*
 * count: tells how much room a long text has left, once it is nearly full.  Counts code points as the server does, and never in the
 * middle of a composition.  The line <p data-count-line> stands after the field; '#' in its texts is the number.
 */
export function start(field) {
  const max = Number(field.dataset.countMax);
  const line = document.getElementById(`${field.id}-count`);
  if (!line || !(max > 0)) {
    return;
  }
  const tell = () => {
    const left = max - [...field.value.replace(/\r\n?/g, '\n').trim()].length;
    line.hidden = left > max / 10;
    line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace('#', Math.abs(left).toLocaleString('en'));
  };
  field.addEventListener('compositionend', tell);
  field.addEventListener('input', (event) => {
    if (!event.isComposing) {
      tell();
    }
  });
  tell();
}
