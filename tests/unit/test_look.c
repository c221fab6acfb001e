/*
 * aiddesk-inspect itself, with the files of samples/ (made by samples/make.py): types, sizes, damage, previews.  Starts the built program,
 * ./aiddesk-inspect or $AIDDESK_INSPECT.
 */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jpeglib.h>

#include "core/buf.h"
#include "core/config.h"
#include "core/inspect.h"
#include "core/inspect_private.h"

#define OFFICE "application/vnd.openxmlformats-officedocument."

static struct str sample(struct arena *a, const char *name)
{
    const char *path = unit_path(a, str_z(a, str_fmt(a, "samples/%s", name)));
    struct buf b = buf_new(a);
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL)
        fail_msg("%s is missing", path);
    do {
        n = fread(buf_room(&b, 65536), 1, 65536, f);
        buf_grew(&b, n);
    } while (n > 0);
    (void)fclose(f);
    return buf_str(&b);
}

/* One spawner a test. */
struct bench {
    struct arena *a;
    struct inspect *ins;
};

static int bench_setup(void **state)
{
    static const struct config config = {.user_prefix = {NULL, 0}};
    const char *program = getenv("AIDDESK_INSPECT");
    struct arena *a = arena_new(65536);
    struct bench *b = arena_new_of(a, struct bench);

    b->a = a;
    b->ins = inspect_start(a, &config, program != NULL ? program : "./aiddesk-inspect");
    *state = b;
    return b->ins != NULL ? 0 : -1;
}

static int bench_teardown(void **state)
{
    struct bench *b = *state;

    (void)close(b->ins->fd);
    (void)waitpid(inspect_pid(b->ins), NULL, 0);
    arena_free(b->a);
    return 0;
}

#define bench_test_of(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

static struct inspect_result look(struct bench *b, struct str bytes)
{
    struct inspect_result r = inspect_run(b->a, b->ins, -1, bytes);

    assert_true(r.checked);
    return r;
}

/* ---- types, sizes, damage ---- */

static const struct {
    const char *file, *type;
    bool picture;
} samples[] = {
    {"turned1.jpg", "image/jpeg", true},
    {"progressive.jpg", "image/jpeg", true},
    {"cmyk.jpg", "image/jpeg", true},
    {"corner.png", "image/png", true},
    {"interlaced.png", "image/png", true},
    {"transparent.png", "image/png", true},
    {"corner.webp", "image/webp", true},
    {"corner.gif", "image/gif", true},
    {"interlaced.gif", "image/gif", true},
    {"photo.heic", "image/heic", false},
    {"film.mp4", "video/mp4", false},
    {"voice.m4a", "audio/mp4", false},
    {"voice.mp3", "audio/mpeg", false},
    {"paper.pdf", "application/pdf", false},
    {"archive.zip", "application/zip", false},
    {"letter.docx", OFFICE "wordprocessingml.document", false},
    {"table.xlsx", OFFICE "spreadsheetml.sheet", false},
};

static void every_type_of_the_list_is_known_and_whole(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct inspect_result r = look(b, sample(b->a, samples[i].file));

        assert_text(r.type, samples[i].type);
        assert_false(r.damaged);
        assert_int_equal(r.width, samples[i].picture ? 96 : 0);
        assert_int_equal(r.height, samples[i].picture ? 64 : 0);
        assert_int_equal(r.preview.n > 0, samples[i].picture);
    }
}

static void the_name_of_a_file_does_not_matter_only_its_bytes(void **state)
{
    struct bench *b = *state;

    assert_text(look(b, STR("\x7f"
                            "ELF\2\1\1"))
                    .type,
                "application/octet-stream");
    assert_text(look(b, sample(b->a, "program.bin")).type, "application/octet-stream");
    assert_text(look(b, STR("")).type, "application/octet-stream");
    assert_text(look(b, STR("\0")).type, "application/octet-stream");
}

static void text_is_text_in_every_usual_encoding_and_so_are_pages(void **state)
{
    static const char *const files[] = {"utf8.txt", "gbk.txt", "utf16.txt", "page.html",
                                        "drawing.svg"};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_text(look(b, sample(b->a, files[i])).type, "text/plain");
}

static void a_file_cut_short_is_damaged(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct str whole = sample(b->a, samples[i].file);
        /* The headers of these samples are most of the file: the last part is cut. */
        size_t cut = strcmp(samples[i].type, "audio/mpeg") == 0 ? whole.n - 500 : whole.n / 10;
        struct inspect_result r = look(b, str_sub(whole, 0, whole.n - cut));

        if (!r.damaged || !str_eqz(r.type, samples[i].type))
            fail_msg("%s: %s, type %.*s", samples[i].file, r.damaged ? "damaged" : "whole",
                     STR_ARG(r.type));
    }
}

static void bytes_changed_inside_a_png_are_damage(void **state)
{
    struct bench *b = *state;
    struct str whole = sample(b->a, "large.png");
    char *changed = arena_alloc(b->a, whole.n);

    memcpy(changed, whole.p, whole.n);
    changed[whole.n / 2] ^= 0x10;
    assert_true(look(b, str_bytes(changed, whole.n)).damaged);
}

static void pictures_over_64_megapixels_are_told_but_not_decoded(void **state)
{
    struct bench *b = *state;
    struct inspect_result r = look(b, sample(b->a, "bomb.png"));

    assert_int_equal(r.width, 65536);
    assert_int_equal(r.height, 65536);
    assert_int_equal(r.preview.n, 0);
    r = look(b, sample(b->a, "over.png"));
    assert_int_equal(r.height, 8001);
    assert_int_equal(r.preview.n, 0);
    assert_true(look(b, sample(b->a, "limit.png")).preview.n > 0);
    r = look(b, sample(b->a, "huge.png"));
    assert_int_equal(r.width, 0);
    assert_int_equal(r.preview.n, 0);
}

/* ---- previews ---- */

struct pixels {
    unsigned width, height;
    unsigned char *rgb;
};

static struct pixels decode(struct arena *a, struct str jpeg)
{
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr err;
    struct pixels p;

    d.err = jpeg_std_error(&err);
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, (const unsigned char *)jpeg.p, jpeg.n);
    (void)jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_RGB;
    (void)jpeg_start_decompress(&d);
    p = (struct pixels){d.output_width, d.output_height,
                        arena_array(a, (size_t)d.output_width * d.output_height, 3)};
    while (d.output_scanline < d.output_height) {
        JSAMPROW rows[1] = {p.rgb + (size_t)d.output_scanline * p.width * 3};

        (void)jpeg_read_scanlines(&d, rows, 1);
    }
    (void)jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return p;
}

/* Corner that is red, the others being white: 0 upper left, 1 upper right, 2 lower left, 3 lower right; -1 = another picture. */
static int red_corner(const struct pixels *p)
{
    int found = -1;

    for (unsigned corner = 0; corner < 4; corner++) {
        unsigned x = (corner & 1) != 0 ? p->width - 5 : 4;
        unsigned y = (corner & 2) != 0 ? p->height - 5 : 4;
        const unsigned char *rgb = p->rgb + ((size_t)y * p->width + x) * 3;
        bool red = rgb[0] > 200 && rgb[1] < 60 && rgb[2] < 60;
        bool white = rgb[0] > 200 && rgb[1] > 200 && rgb[2] > 200;

        if (!red && !white)
            return -1;
        if (red && found >= 0)
            return -1;
        if (red)
            found = (int)corner;
    }
    return found;
}

static void every_kind_of_picture_is_shown_as_it_is(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct pixels p;

        if (!samples[i].picture)
            continue;
        p = decode(b->a, look(b, sample(b->a, samples[i].file)).preview);
        assert_int_equal(p.width, 96);
        assert_int_equal(p.height, 64);
        if (red_corner(&p) != 0)
            fail_msg("%s: the corner is not red", samples[i].file);
    }
}

static void photos_are_turned_to_reading_position(void **state)
{
    /* Where Exif says the upper left corner of the stored picture belongs, for orientation 1 to 8. */
    static const int corners[] = {0, 1, 3, 2, 0, 1, 3, 2};
    struct bench *b = *state;

    for (int o = 1; o <= 8; o++) {
        struct inspect_result r =
            look(b, sample(b->a, str_z(b->a, str_fmt(b->a, "turned%d.jpg", o))));
        struct pixels p = decode(b->a, r.preview);

        assert_int_equal(r.width, 96); /* as stored */
        assert_int_equal(p.width, o >= 5 ? 64 : 96);
        assert_int_equal(red_corner(&p), corners[o - 1]);
    }
}

static void a_preview_holds_no_metadata(void **state)
{
    struct bench *b = *state;
    struct str original = sample(b->a, "turned6.jpg");
    struct str preview = look(b, original).preview;

    assert_true(str_find(original, STR("CANARYCAM"), 0) != SIZE_MAX);
    assert_true(str_find(preview, STR("CANARYCAM"), 0) == SIZE_MAX);
    assert_true(str_find(preview, STR("Exif"), 0) == SIZE_MAX);
    assert_true(str_find(preview, STR("\xff\xe1"), 0) == SIZE_MAX);
    assert_true(str_find(preview, STR("\xff\xfe"), 0) == SIZE_MAX);
}

static void large_pictures_are_reduced_to_2000_pixels(void **state)
{
    struct bench *b = *state;
    struct inspect_result r = look(b, sample(b->a, "large.png"));
    struct pixels p = decode(b->a, r.preview);

    assert_int_equal(r.width, 2400);
    assert_int_equal(p.width, 2000);
    assert_int_equal(p.height, 1000);
    assert_int_equal(red_corner(&p), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bench_test_of(every_type_of_the_list_is_known_and_whole),
        bench_test_of(the_name_of_a_file_does_not_matter_only_its_bytes),
        bench_test_of(text_is_text_in_every_usual_encoding_and_so_are_pages),
        bench_test_of(a_file_cut_short_is_damaged),
        bench_test_of(bytes_changed_inside_a_png_are_damage),
        bench_test_of(pictures_over_64_megapixels_are_told_but_not_decoded),
        bench_test_of(every_kind_of_picture_is_shown_as_it_is),
        bench_test_of(photos_are_turned_to_reading_position),
        bench_test_of(a_preview_holds_no_metadata),
        bench_test_of(large_pictures_are_reduced_to_2000_pixels),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* as serve does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
