/*
 * card: draws the card with the tracking code as a picture, on this device only.  In-app browsers often refuse downloads and printing;
 * a picture can be pressed long and kept there.  Texts and code come from the part named by data-card:
 *   <button data-card="card" hidden>, <div id="card"> with [data-card-text] lines, [data-code], svg.qr; the picture goes to
 *   <div id="card-picture" data-alt="…" data-save="…" hidden>.
 */
const WIDTH = 720;
const MARGIN = 48;
const SANS = 'system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif';

/* Breaks a line where it would leave the card: between any two CJK characters, between words elsewhere. */
function lines(pen, text, width) {
  const out = [''];
  for (const piece of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/gu) ?? []) {
    const longer = out[out.length - 1] + piece;
    if (pen.measureText(longer.trimEnd()).width > width && out[out.length - 1] !== '') {
      out.push(piece);
    } else {
      out[out.length - 1] = longer;
    }
  }
  return out;
}

async function image(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute('width', '400');
  copy.setAttribute('height', '400');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }));
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function draw(card) {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  const groups = card.querySelector('[data-code]').textContent.trim().split(/[\s-]+/);
  const qr = card.querySelector('svg.qr');
  const texts = [...card.querySelectorAll('[data-card-text]')].map((part) => part.textContent.replace(/\s+/g, ' ').trim());
  const font = (size, weight, family = SANS) => { pen.font = `${weight} ${size}px ${family}`; };
  font(28, 400);
  const [title, ...rest] = texts.map((text) => lines(pen, text, WIDTH - 2 * MARGIN));
  canvas.width = WIDTH;
  canvas.height = 430 + 44 * (title.length + rest.flat().length) + (qr ? 260 : 0);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#0d4f7c';
  pen.fillRect(0, 0, canvas.width, 14);
  pen.fillStyle = '#16212b';
  let y = 90;
  font(34, 700);
  title.forEach((text) => { pen.fillText(text, MARGIN, y); y += 44; });
  font(52, 700, 'ui-monospace, Menlo, Consolas, monospace');
  y += 50;
  groups.forEach((group, i) => { pen.fillText(group, MARGIN + (i % 3) * 215, y + Math.floor(i / 3) * 90); });
  y += 90 * Math.ceil(groups.length / 3);
  font(28, 400);
  rest.flat().forEach((text) => { pen.fillText(text, MARGIN, y); y += 44; });
  if (qr) {
    pen.drawImage(await image(qr), MARGIN, y, 240, 240);
  }
  return new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
}

export function start(button) {
  const card = document.getElementById(button.dataset.card);
  const place = document.getElementById(`${button.dataset.card}-picture`);
  if (!card || !place) {
    return;
  }
  button.hidden = false;
  button.addEventListener('click', async () => {
    const url = URL.createObjectURL(await draw(card));
    const picture = document.createElement('img');
    picture.src = url;
    picture.alt = place.dataset.alt;
    picture.className = 'picture';
    const save = document.createElement('a');
    save.href = url;
    save.download = 'aid-desk-card.png';
    save.className = 'button';
    save.textContent = place.dataset.save;
    place.replaceChildren(picture, save);
    place.hidden = false;
    place.scrollIntoView({ block: 'nearest' });
  });
}
