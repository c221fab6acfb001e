/*
 * fcgi_client: FastCGI records written and read by hand (FastCGI 1.0 §3.3), as nginx would or as it never would.
 */
#ifndef AIDDESK_TESTS_FCGI_CLIENT_H
#define AIDDESK_TESTS_FCGI_CLIENT_H

#include "core/buf.h"

enum {
    FCGI_BEGIN = 1,
    FCGI_ABORT = 2,
    FCGI_END = 3,
    FCGI_PARAMS = 4,
    FCGI_STDIN = 5,
    FCGI_STDOUT = 6
};

struct fcgi_answer {
    int status;      /* of the Status header; 0 = no answer */
    struct str head; /* header lines */
    struct str body;
    bool ended;  /* the end record came */
    bool closed; /* and then the connection was closed */
};

/* Connects; waits up to 5 s for the socket to be there.  The descriptor reads with a limit of 20 s. */
int fcgi_connect(const char *path);
void fcgi_record(struct buf *b, int type, struct str content);
/* BEGIN_REQUEST of a responder that asks to keep the connection. */
void fcgi_begin_record(struct buf *b);
/* One name and value inside a PARAMS record. */
void fcgi_pair(struct buf *b, const char *name, struct str value);
/* A whole request: begin, parameters, body, ends. */
struct str fcgi_request(struct arena *a, const char *method, const char *uri, const char *more_name,
                        const char *more_value, struct str body, size_t announced);
bool fcgi_write(int fd, struct str bytes);
/* Reads to the end of the connection; pause_us between reads of 64 KiB. */
struct fcgi_answer fcgi_read(struct arena *a, int fd, unsigned pause_us);
/* Connects, sends, reads, closes. */
struct fcgi_answer fcgi_ask(struct arena *a, const char *path, struct str request);

#endif
