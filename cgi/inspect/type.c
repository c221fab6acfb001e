/*
 * type: what a file really is.  libmagic looks at the content; its answer is mapped through our own list, so that nothing but the types we
 * know comes out.  Archives are told apart by their directory, text by looking at every byte.
 */
#include <string.h>

#include <magic.h>

#include "inspect/look.h"

#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* What libmagic of Debian 12 says, and what we call it. */
static const struct {
    const char *theirs, *ours;
} names[] = {
    {"image/jpeg", "image/jpeg"},
    {"image/png", "image/png"},
    {"image/webp", "image/webp"},
    {"image/gif", "image/gif"},
    {"image/heic", "image/heic"},
    {"image/heif", "image/heic"},
    {"image/heic-sequence", "image/heic"},
    {"image/heif-sequence", "image/heic"},
    {"application/pdf", "application/pdf"},
    {"video/mp4", "video/mp4"},
    {"audio/mpeg", "audio/mpeg"},
    {"audio/mp4", "audio/mp4"},
    {"audio/x-m4a", "audio/mp4"},
    {"video/x-m4v", "video/mp4"},
    {"application/zip", "application/zip"},
    {DOCX, DOCX},
    {XLSX, XLSX},
};

static magic_t magic;

bool type_init(void)
{
    /* Nothing that unpacks, starts a program or reads another file. */
    magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF |
                       MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_TOKENS);
    return magic != NULL && magic_load(magic, NULL) == 0;
}

/* libmagic knows office files by the order of their first entries, which other writers than Microsoft's do not keep. */
static const char *archive_type(const struct input *in)
{
    if (zip_has(in, "[Content_Types].xml") && zip_has(in, "word/document.xml"))
        return DOCX;
    if (zip_has(in, "[Content_Types].xml") && zip_has(in, "xl/workbook.xml"))
        return XLSX;
    return "application/zip";
}

const char *type_of(const struct input *in)
{
    const char *theirs = magic_buffer(magic, in->p, in->n);

    for (size_t i = 0; theirs != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(theirs, names[i].theirs) != 0)
            continue;
        if (strcmp(names[i].ours, "application/zip") == 0)
            return archive_type(in);
        return names[i].ours;
    }
    return text_is(in) ? "text/plain" : "application/octet-stream";
}
