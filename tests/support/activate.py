"""Starts a program as systemd does: sockets that are open already, the program's own user, no capabilities.

    activate.py USER GROUP SOCKET[:NAME],... PROGRAM ARGUMENTS...

Makes the sockets with mode 0660 and the group, passes them as descriptors 3, 4 … with LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID
(sd_listen_fds(3)), and becomes the program through setpriv, in the same process.
"""
import fcntl
import grp
import os
import socket
import sys

user, group, sockets, program = sys.argv[1], sys.argv[2], sys.argv[3].split(","), sys.argv[4:]
names, made = [], []  # made: out of the way of 3, 4 …
for entry in sockets:
    path, _, name = entry.partition(":")
    names.append(name or os.path.basename(path))
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chown(path, 0, grp.getgrnam(group).gr_gid)
    os.chmod(path, 0o660)
    listener.listen(16)
    made.append(fcntl.fcntl(listener.detach(), fcntl.F_DUPFD_CLOEXEC, 20))
for at, number in enumerate(made):
    os.dup2(number, 3 + at, inheritable=True)
environment = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/nonexistent",
    "LISTEN_FDS": str(len(sockets)),
    "LISTEN_FDNAMES": ":".join(names),
    "LISTEN_PID": str(os.getpid()),
}
words = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
os.execvpe("setpriv", words + program, environment)
