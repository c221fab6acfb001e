/* digest: see digest.h. */
#include "core/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/log.h"

struct digest {
    EVP_MD_CTX *state;
};

/* libcrypto fails for want of memory or by a broken installation: nothing that a request could answer to. */
static void need(bool done)
{
    if (done)
        return;
    log_event(LOG_ERROR_, "start", "libcrypto takes no SHA-256");
    exit(EXIT_FAILURE);
}

/* A context of its own reads no openssl.cnf, which is out of reach in the sandboxes. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *md;

    if (md == NULL) {
        OSSL_LIB_CTX *own = OSSL_LIB_CTX_new();

        need(own != NULL);
        md = EVP_MD_fetch(own, "SHA256", NULL);
        need(md != NULL);
    }
    return md;
}

static void forget(void *p)
{
    struct digest *d = p;

    EVP_MD_CTX_free(d->state); /* wipes it */
    d->state = NULL;
}

struct digest *digest_new(struct arena *a)
{
    struct digest *d = arena_alloc(a, sizeof(*d));

    d->state = EVP_MD_CTX_new();
    need(d->state != NULL);
    arena_defer(a, forget, d);
    need(EVP_DigestInit_ex2(d->state, sha256(), NULL) == 1);
    return d;
}

void digest_add(struct digest *d, struct str piece)
{
    need(EVP_DigestUpdate(d->state, piece.p, piece.n) == 1);
}

void digest_end(struct digest *d, unsigned char out[DIGEST_BYTES])
{
    need(EVP_DigestFinal_ex(d->state, out, NULL) == 1);
    forget(d);
}

void digest_sha256(struct str message, unsigned char out[DIGEST_BYTES])
{
    need(EVP_Digest(message.p, message.n, out, NULL, sha256(), NULL) == 1);
}
