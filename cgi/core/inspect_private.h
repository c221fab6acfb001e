/* inspect_private: what inspect.c and inspect_spawn.c share. */
#ifndef AIDDESK_CORE_INSPECT_PRIVATE_H
#define AIDDESK_CORE_INSPECT_PRIVATE_H

#include <sys/types.h>

/* A message to the spawner is this byte with three descriptors: the child's input, its output, and the reading end of a pipe whose other
 * end the asking process holds as long as it wants the child to live. */
enum { INSPECT_WORD = 'I', INSPECT_FDS = 3 };

struct inspect {
    int fd;    /* to the spawner; SOCK_SEQPACKET, shared by all processes of the program */
    pid_t pid; /* of the spawner */
};

#endif
