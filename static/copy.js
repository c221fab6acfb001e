/* copy: <button data-copy="id of the text" data-done="word" hidden>.  Shown only where the browser gives us the clipboard. */
export function start(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) {
    return;
  }
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.replace(/\s+/g, ' ').trim());
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 4000);
    } catch {
      /* Refused: mark the text, so that it can be copied by hand. */
      getSelection().selectAllChildren(source);
    }
  });
}
