"""A mail server for tests: takes every message over STARTTLS on loopback and writes it as one line of JSON.

    smtp-server.py PORT CERTIFICATE KEY MAILBOX

Prints "ready" when it listens.  Python, because Debian packages aiosmtpd and nothing like it for Node.js.
"""

import asyncio
import json
import signal
import ssl
import sys
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP


class Mailbox:
    """Appends messages to a file; a line is written whole or not at all."""

    def __init__(self, path):
        self.path = path

    async def handle_DATA(self, _server, session, envelope):
        message = message_from_bytes(envelope.content, policy=default)
        body = message.get_body(preferencelist=("plain",))
        line = json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": str(message["subject"] or ""),
            "text": body.get_content() if body else "",
            "headers": {name: str(value) for name, value in message.items()},
            "tls": session.ssl is not None,
        }, ensure_ascii=False)
        with open(self.path, "a", encoding="utf-8") as mailbox:
            mailbox.write(line + "\n")
        return "250 OK"


async def main(port, certificate, key, path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()

    def protocol():
        return SMTP(Mailbox(path), hostname="localhost", require_starttls=True, tls_context=context, enable_SMTPUTF8=True)

    server = await loop.create_server(protocol, "127.0.0.1", port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sys.stdout.write("ready\n")  # in one piece: the reader leaves when it has it
    sys.stdout.flush()
    await stop.wait()
    server.close()


asyncio.run(main(int(sys.argv[1]), *sys.argv[2:5]))
