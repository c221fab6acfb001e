// A FastCGI client: asks a program's socket directly, as nginx does.  Whoever may connect is believed, so only root and nginx may.
import net from 'node:net';

const BEGIN = 1, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

function pair(name, value) {
  const sizes = [name, value].map((text) => {
    const n = Buffer.byteLength(text);
    return n < 128 ? Buffer.from([n]) : Buffer.from([0x80 | (n >> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255]);
  });
  return Buffer.concat([...sizes, Buffer.from(name), Buffer.from(value)]);
}

/** What comes out of the records of a reply: the text that the program wrote. */
function textOf(bytes) {
  const parts = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === STDOUT) parts.push(bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + bytes[at + 6];
  }
  return Buffer.concat(parts).toString();
}

/** GET of an address at a socket: {status, headers, body}; null when the connection ended without an answer. */
export function fastcgi(socket, uri, seconds = 10) {
  const [path, query = ''] = uri.split('?');
  const params = Object.entries({
    REQUEST_METHOD: 'GET', DOCUMENT_URI: path, QUERY_STRING: query, REQUEST_URI: uri, SCRIPT_NAME: path, SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1', HTTP_HOST: '127.0.0.1',
  });
  return new Promise((resolve, reject) => {
    const chunks = [];
    const connection = net.connect(socket);
    connection.setTimeout(seconds * 1000, () => connection.destroy(new Error(`${socket} ${uri}: no answer within ${seconds} s`)));
    connection.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(null) : reject(error)));
    connection.on('data', (chunk) => chunks.push(chunk));
    connection.on('close', () => {
      const text = textOf(Buffer.concat(chunks));
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return resolve(null);
      const headers = Object.fromEntries(text.slice(0, end).split('\r\n').map((line) => line.split(/:\s*(.*)/s).slice(0, 2)).map(([n, v]) => [n.toLowerCase(), v]));
      resolve({ status: Number.parseInt(headers.status ?? '200', 10), headers, body: text.slice(end + 4) });
    });
    connection.write(Buffer.concat([
      record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])), record(PARAMS, Buffer.concat(params.map(([n, v]) => pair(n, v)))),
      record(PARAMS, Buffer.alloc(0)), record(STDIN, Buffer.alloc(0)),
    ]));
  });
}
