/*
 * A pool is a chain of blocks; an arena has two: one from malloc, and one for secrets, whose pages are kept out of swap and core files
 * as far as the system allows.  Everything is wiped at reset, not only the secrets: plaintext of a case passes through ordinary request
 * memory too, and an idle process must hold none of it (SECURITY.md, K1).  Because new blocks come zeroed and old ones are wiped, an
 * allocation never needs to clear anything.
 */
#include "core/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/log.h"

enum { ALIGN = _Alignof(max_align_t), BLOCK_MIN = 4096, BLOCK_MAX = 16 * 1024 * 1024 };

/* No request is larger: the size of a block with its head then never overflows. */
#define ALLOC_MAX ((size_t)PTRDIFF_MAX / 2)

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 }; /* poisoned gap behind every allocation */
static void poison(const void *p, size_t n)
{
    ASAN_POISON_MEMORY_REGION(p, n);
}
static void unpoison(const void *p, size_t n)
{
    ASAN_UNPOISON_MEMORY_REGION(p, n);
}
#else
enum { RED_ZONE = 0 };
static void poison(const void *p, size_t n)
{
    (void)p;
    (void)n;
}
static void unpoison(const void *p, size_t n)
{
    (void)p;
    (void)n;
}
#endif

struct block {
    struct block *next;
    size_t size; /* bytes of data */
    size_t used; /* bytes handed out, with padding */
    _Alignas(max_align_t) unsigned char data[];
};

struct pool {
    struct block *blocks;  /* all of them */
    struct block *current; /* where small requests are served from; NULL at first */
    struct block *kept;    /* the block that survives a reset */
    bool secret;
};

struct defer {
    struct defer *next;
    void (*fn)(void *p);
    void *p;
};

struct arena {
    size_t block_bytes;
    size_t used;
    struct pool plain;
    struct pool secret;
    struct defer *defers; /* last first */
};

void arena_out_of_memory(void)
{
    log_event(LOG_ERROR_, "out-of-memory", NULL);
    _exit(ARENA_EXIT);
}

static size_t block_total(size_t size, bool secret)
{
    size_t total = offsetof(struct block, data) + size;
    size_t page;

    if (!secret)
        return total;
    page = (size_t)sysconf(_SC_PAGESIZE);
    return (total + page - 1) / page * page;
}

static struct block *block_new(size_t size, bool secret)
{
    size_t total = block_total(size, secret);
    struct block *b;

    if (secret) {
        void *p = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
            arena_out_of_memory();
        /* Best effort: RLIMIT_MEMLOCK may be small, and wiping does not depend on it. */
        (void)mlock(p, total);
        (void)madvise(p, total, MADV_DONTDUMP);
        b = p;
    } else {
        b = calloc(1, total);
        if (b == NULL)
            arena_out_of_memory();
    }
    b->size = size;
    poison(b->data, size);
    return b;
}

static void block_wipe(struct block *b)
{
    unpoison(b->data, b->size);
    explicit_bzero(b->data, b->used);
    b->used = 0;
}

static void block_free(struct block *b, bool secret)
{
    block_wipe(b);
    if (secret)
        (void)munmap(b, block_total(b->size, true));
    else
        free(b);
}

static struct block *pool_grow(struct pool *pool, size_t size)
{
    struct block *b = block_new(size, pool->secret);

    b->next = pool->blocks;
    pool->blocks = b;
    return b;
}

static void *pool_alloc(struct arena *a, struct pool *pool, size_t n)
{
    struct block *b = pool->current;
    size_t need;
    unsigned char *p;

    if (n > ALLOC_MAX)
        arena_out_of_memory();
    need = ((n == 0 ? 1 : n) + ALIGN - 1) / ALIGN * ALIGN + RED_ZONE;
    if (b == NULL || need > b->size - b->used) {
        if (need > a->block_bytes / 4) {
            b = pool_grow(pool,
                          need); /* of its own: what is left of the present block stays useful */
        } else {
            b = pool->current = pool_grow(pool, a->block_bytes);
            if (pool->kept == NULL)
                pool->kept = b;
        }
    }
    p = b->data + b->used;
    b->used += need;
    a->used += need;
    unpoison(p, n);
    return p;
}

static void pool_reset(struct pool *pool)
{
    struct block *b = pool->blocks;

    while (b != NULL) {
        struct block *next = b->next;

        if (b != pool->kept)
            block_free(b, pool->secret);
        b = next;
    }
    pool->blocks = pool->current = pool->kept;
    if (pool->kept != NULL) {
        block_wipe(pool->kept);
        poison(pool->kept->data, pool->kept->size);
        pool->kept->next = NULL;
    }
}

struct arena *arena_new(size_t block_bytes)
{
    struct arena *a;

    assert(block_bytes >= BLOCK_MIN && block_bytes <= BLOCK_MAX);
    a = calloc(1, sizeof *a);
    if (a == NULL)
        arena_out_of_memory();
    a->block_bytes = block_bytes;
    a->secret.secret = true;
    return a;
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    arena_reset(a);
    if (a->plain.kept != NULL)
        block_free(a->plain.kept, false);
    if (a->secret.kept != NULL)
        block_free(a->secret.kept, true);
    free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
    return pool_alloc(a, &a->plain, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n))
        arena_out_of_memory();
    return arena_alloc(a, n);
}

void *arena_secret(struct arena *a, size_t n)
{
    return pool_alloc(a, &a->secret, n);
}

void arena_defer(struct arena *a, void (*fn)(void *p), void *p)
{
    struct defer *d = arena_new_of(a, struct defer);

    d->fn = fn;
    d->p = p;
    d->next = a->defers;
    a->defers = d;
}

void arena_reset(struct arena *a)
{
    while (a->defers != NULL) {
        struct defer *d = a->defers;

        a->defers = d->next; /* first, so that a defer may register another one */
        d->fn(d->p);
    }
    pool_reset(&a->plain);
    pool_reset(&a->secret);
    a->used = 0;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
