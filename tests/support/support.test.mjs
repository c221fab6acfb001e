// The test tools themselves, as far as a mistake there would let a wrong page pass.
import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 } from './crc32.mjs';
import { multipart, urlencode, file } from './http.mjs';
import { forms, text, title } from './html.mjs';
import { base32, totp } from './totp.mjs';

// RFC 6238, appendix B: the ASCII secret 12345678901234567890, eight digits.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('one_time_passwords_are_those_of_rfc_6238', () => {
  assert.equal(base32(secret).toString('latin1'), '12345678901234567890');
  for (const [seconds, password] of [[59, '94287082'], [1111111109, '07081804'], [1234567890, '89005924'], [20000000000, '65353130']]) {
    assert.equal(totp(secret, seconds * 1000, 8), password);
  }
});

test('crc_32_has_its_published_check_value', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('a_form_is_read_with_everything_a_browser_would_send', () => {
  const [form] = forms(`<form method="post" action="/a?b=1" id="form"><input type="hidden" name="csrf" value="t&amp;k">
    <input name="name" value="&lt;龘&#x1F600;&gt;"><textarea name="story">
first
second</textarea><input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
    <select name="s"><option value="x">X</option><option value="y" selected>Y</option></select>
    <button type="submit">Go <b>on</b></button></form><button form="form" name="lang_to" value="en">English</button>`);
  assert.equal(form.action, '/a?b=1');
  assert.deepEqual(form.fields.map((f) => [f.name, f.value, f.checked ?? null]), [
    ['csrf', 't&k', false], ['name', '<龘😀>', false], ['story', 'first\nsecond', null], ['r', '1', false], ['r', '2', true], ['s', 'y', null],
  ]);
  assert.deepEqual(form.buttons.map((b) => [b.name, b.label]), [[undefined, 'Go on'], ['lang_to', 'English']]);
});

test('text_and_title_are_what_people_read', () => {
  const page = '<!doctype html><html><head><title>填写 - 援助台</title></head><body><h1>A  &amp; B</h1><svg><text>no</text></svg><p>c</p></body></html>';
  assert.equal(title(page), '填写 - 援助台');
  assert.equal(text(page), 'A & B c');
});

test('bodies_are_encoded_as_browsers_encode_them', () => {
  assert.equal(urlencode([['a', '1 + 2'], ['名', '值']]), 'a=1+%2B+2&%E5%90%8D=%E5%80%BC');
  const { type, body } = multipart([['a', 'x'], ['f', file('b"c.png', 'PNG', 'image/png')]], 'B');
  assert.equal(type, 'multipart/form-data; boundary=B');
  assert.equal(body.toString(), '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name="f"; ' +
    'filename="b%22c.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--B--\r\n');
});
