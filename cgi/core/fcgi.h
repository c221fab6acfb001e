/*
 * fcgi: libfcgi as it is (STYLE.md §5), behind five calls.  core/fcgi.c is the only file that includes fcgiapp.h.  One process, one
 * connection at a time, one request a connection; the connection is accepted by the caller, so that time-outs are in force before the
 * first byte of the parameters is read.
 */
#ifndef AIDDESK_CORE_FCGI_H
#define AIDDESK_CORE_FCGI_H

#include "core/reply.h"

enum {
    FCGI_PARAMS_MAX = 64,          /* parameters of one request; nginx sends twelve */
    FCGI_PARAMS_BYTES_MAX = 65536, /* all of them together */
    FCGI_LINGER_MS = 500           /* wait for the peer's end of the connection at close */
};

struct fcgi;

/* Starts libfcgi in this process: after fork, before the process sets its own signal handlers, because FCGX_Init installs some.
 * io_ms: limit of one read or write on a connection.  NULL when libfcgi does not start.  Lives in the arena. */
struct fcgi *fcgi_open(struct arena *a, int io_ms);
/* Takes over an accepted connection and reads the request's parameters.  False: nothing usable came in time (the connection is closed). */
bool fcgi_begin(struct fcgi *f, int fd);
/* Copies the parameters into req (request_fill) and makes the connection the source of its body.  ERR_HEADERS_LARGE over the limits,
 * ERR_BAD_REQUEST when malformed; the reply can be sent in any case. */
enum err fcgi_fill(struct fcgi *f, struct request *req);
/* Sends the head and the body, or runs the stream.  False when the peer did not take all of it: only FCGX_GetError knows that. */
bool fcgi_send(struct fcgi *f, struct request *req, struct reply *rep);
/* Reads what is left of the body, ends the request and closes the connection. */
void fcgi_end(struct fcgi *f, struct request *req);

#endif
