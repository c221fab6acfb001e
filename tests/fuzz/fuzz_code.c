/* fuzz_code: codes that people write down: tracking and resume codes, and the recovery key. */
#include <string.h>

#include "core/token.h"
#include "fuzz.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* One wrong character, or two that changed places, are told at once. */
static void check_mistakes(const char code[CODE_CHARS + 1], unsigned seed)
{
    char wrong[CODE_CHARS + 1], read[CODE_CHARS + 1];
    size_t at = seed % CODE_CHARS;

    memcpy(wrong, code, sizeof wrong);
    wrong[at] = alphabet[(seed / CODE_CHARS) % 32];
    if (wrong[at] != code[at])
        must(code_read(str_bytes(wrong, CODE_CHARS), read) == ERR_CODE);
    memcpy(wrong, code, sizeof wrong);
    at %= CODE_CHARS - 1;
    wrong[at] = code[at + 1];
    wrong[at + 1] = code[at];
    if (wrong[at] != code[at])
        must(code_read(str_bytes(wrong, CODE_CHARS), read) == ERR_CODE);
}

static void check_code(struct arena *a, const char code[CODE_CHARS + 1], unsigned seed)
{
    char again[CODE_CHARS + 1];

    must(strlen(code) == CODE_CHARS && strspn(code, alphabet) == CODE_CHARS);
    must(code_read(code_show(a, code), again) == ERR_OK);
    must(memcmp(code, again, sizeof again) == 0);
    check_mistakes(code, seed);
}

static void check_recovery(struct arena *a, const unsigned char secret[32])
{
    unsigned char again[32];
    struct str shown = code_recovery_show(a, secret);

    must(code_recovery_read(a, shown, again) && memcmp(secret, again, 32) == 0);
    for (int group = 0; group < 14; group++)
        must(str_eq(code_recovery_group(a, secret, group), str_sub(shown, 5 * (size_t)group, 4)));
}

void fuzz_one(struct arena *a, struct str input)
{
    unsigned char bits[32] = {0};
    char code[CODE_CHARS + 1];
    unsigned seed = 0;
    enum err err = code_read(input, code);

    for (size_t i = 0; i < input.n; i++)
        seed = seed * 31 + (unsigned char)input.p[i];
    must(err == ERR_OK || err == ERR_CODE || err == ERR_FIELD);
    must(err == ERR_FIELD || str_is_text(input));
    if (err == ERR_OK)
        check_code(a, code, seed);
    if (code_recovery_read(a, input, bits))
        check_recovery(a, bits);
    if (input.n != 0)
        memcpy(bits, input.p, input.n < sizeof bits ? input.n : sizeof bits);
    code_make(bits, code);
    check_code(a, code, seed);
    check_recovery(a, bits);
}
