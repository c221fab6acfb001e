/* probe: aiddesk-inspect takes the step from its input, where a decoder would have been taken over, and writes the outcome. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/look.h"
#include "probe.h"

const char *__wrap_type_of(const struct input *in);

const char *__wrap_type_of(const struct input *in)
{
    static char words[8192], out[PROBE_ANSWER];

    memcpy(words, in->p, in->n < sizeof words - 1 ? in->n : sizeof words - 1);
    probe_try(words, out);
    (void)!write(STDOUT_FILENO, out, strlen(out));
    _exit(EXIT_SUCCESS);
}
