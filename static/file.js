/*
 * file: shows what was chosen, and says before sending when it is over the limit (data-max-bytes, data-too-big with '#' for the name).
 * The line <p id="<field id>-chosen"> stands after the field.
 */
function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

export function start(field) {
  const line = document.getElementById(`${field.id}-chosen`);
  if (!line) {
    return;
  }
  let url = null;
  const tooBig = () => field.files.length > 0 && field.files[0].size > Number(field.dataset.maxBytes);
  field.addEventListener('change', () => {
    const file = field.files[0];
    if (url) {
      URL.revokeObjectURL(url);
      url = null;
    }
    line.hidden = !file;
    line.classList.toggle('error', tooBig());
    if (!file) {
      return;
    }
    line.textContent = tooBig() ? field.dataset.tooBig.replace('#', file.name) : `${file.name} · ${size(file.size)}`;
    if (file.type.startsWith('image/') && !tooBig()) {
      url = URL.createObjectURL(file);
      const picture = document.createElement('img');
      picture.className = 'thumb';
      picture.alt = '';
      picture.src = url;
      picture.addEventListener('error', () => picture.remove());
      line.append(picture);
    }
  });
  /* In the capture phase, so that the form is not yet marked as sent. */
  field.form?.addEventListener('submit', (event) => {
    if (tooBig()) {
      event.preventDefault();
      field.focus();
    }
  }, true);
}
