"""A mail server for tests: takes messages over STARTTLS on loopback, after the user "desk" has signed in, and writes each as one line of
JSON.

    smtp-server.py PORT CERTIFICATE KEY MAILBOX PASSWORD

Prints "ready" when it listens.  PASSWORD is a file, read at the start.  It is difficult on demand:

    later.N@…          451 for the first N tries of that address, as a server that knows no one yet (greylisting) does
    never@…            550
    unread@…           554, only after the text
    MAILBOX.greeting   while this file is there, a connection hears what it holds and is closed; empty: it is closed without a word
    MAILBOX.plain      while this file is there, no TLS is offered or asked for

MAILBOX.heard holds every line that clients have said, with "tls " or "plain " before it.  Python, because Debian packages aiosmtpd and
nothing like it for Node.js.
"""

import asyncio
import json
import logging
import re
import signal
import ssl
import sys
import warnings
from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, TLSSetupException


class Mailbox:
    """Appends messages to a file; a line is written whole or not at all."""

    def __init__(self, path, tries):
        self.path = path
        self.tries = tries

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        later = re.match(r"later\.(\d+)@", address)
        if address.startswith("never@"):
            return "550 5.1.1 no such person"
        if later:
            self.tries[address] += 1
            if self.tries[address] <= int(later[1]):
                return "451 4.7.1 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_exception(self, error):
        # A client that does not trust the certificate hangs up: the tests mean it.
        if isinstance(error, TLSSetupException):
            return "454 4.7.0 no TLS"
        raise error

    async def handle_DATA(self, _server, session, envelope):
        if envelope.rcpt_tos[0].startswith("unread@"):
            return "554 5.7.1 not wanted"
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


class Server(SMTP):
    """Writes down what it hears."""

    def __init__(self, heard, *words, **options):
        super().__init__(*words, **options)
        self.heard = heard

    def data_received(self, data):
        how = b"tls " if self.session.ssl is not None else b"plain "
        with open(self.heard, "ab") as heard:
            heard.writelines(how + line + b"\n" for line in data.splitlines())
        super().data_received(data)


class Closed(asyncio.Protocol):
    """Says one line and hangs up."""

    def __init__(self, greeting):
        self.greeting = greeting

    def connection_made(self, transport):
        transport.write(self.greeting)
        transport.close()


async def main(port, certificate, key, path, password):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    tries = Counter()
    secret = Path(password).read_bytes().strip()
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of what it does itself
    warnings.filterwarnings("ignore", "Requiring AUTH")

    def authenticator(_server, _session, _envelope, _mechanism, who):
        return AuthResult(success=(who.login, who.password) == (b"desk", secret), handled=False, auth_data=who)

    def protocol():
        try:
            return Closed(Path(path + ".greeting").read_bytes())
        except FileNotFoundError:
            tls = not Path(path + ".plain").exists()
            return Server(path + ".heard", Mailbox(path, tries), hostname="localhost", enable_SMTPUTF8=True,
                          tls_context=context if tls else None, require_starttls=tls, auth_require_tls=tls,
                          auth_required=True, authenticator=authenticator)

    server = await loop.create_server(protocol, "127.0.0.1", port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sys.stdout.write("ready\n")  # in one piece: the reader leaves when it has it
    sys.stdout.flush()
    await stop.wait()
    server.close()


asyncio.run(main(int(sys.argv[1]), *sys.argv[2:6]))
