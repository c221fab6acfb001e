/* leave: quick exit.  Without scripts it is a link; here the page is emptied at once, and Back does not bring it again. */
export function start(link) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    document.body.hidden = true;
    document.title = '…';
    location.replace(link.href);
  });
}
