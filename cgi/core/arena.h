/*
 * arena: memory of one request.  Allocation never returns NULL and nobody frees; arena_reset gives everything back and runs the defers,
 * last first (PostgreSQL's memory contexts and lwan's arena are the models).  Out of memory ends the process after logging from a
 * reserve; the parent starts another.  Under ASan memory that is not handed out is poisoned, so overruns inside the arena are found.
 * All memory is wiped at reset.  Keys and opened fields belong into arena_secret: kept out of swap and core files as far as possible.
 * Limits: one request is at most PTRDIFF_MAX / 2 bytes; more counts as out of memory.
 */
#ifndef AIDDESK_CORE_ARENA_H
#define AIDDESK_CORE_ARENA_H

#include <stddef.h>

struct arena;

/* A new arena.  block_bytes: size of a block, 4096 .. 16 MiB; larger requests get blocks of their own. */
struct arena *arena_new(size_t block_bytes);
/* Resets and frees the arena itself.  NULL is allowed. */
void arena_free(struct arena *a);
/* n bytes, zeroed, aligned for any type; n = 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n);
/* count * size bytes, zeroed; the product is checked. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* n bytes of secret memory (zeroed), of pages locked and left out of core files where the system allows it; wiped at reset. */
void *arena_secret(struct arena *a, size_t n);
/* Calls fn(p) at reset: for foreign objects that live as long as the request.  Write it on the line after the acquisition. */
void arena_defer(struct arena *a, void (*fn)(void *p), void *p);
/* Runs the defers (last first), wipes everything, gives the blocks back (the first is kept). */
void arena_reset(struct arena *a);
/* Bytes handed out since the last reset (metrics, memory mark). */
size_t arena_used(const struct arena *a);
/* Logs "out-of-memory" from the reserve of log.c, which needs no allocation, and ends the process with ARENA_EXIT.  For allocators of
 * libraries that must behave like the arena (Jansson). */
void arena_out_of_memory(void) __attribute__((noreturn));
enum { ARENA_EXIT = 71 /* EX_OSERR of sysexits.h */ };

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
