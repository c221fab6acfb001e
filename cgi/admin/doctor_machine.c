#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "core/json.h"

enum { FREE_MIN_PERCENT = 10, FREE_MIN_MIB = 1024, MIB = 1024 * 1024 };

static void check_config(struct doctor *d)
{
    json_t *values = admin_value("file", str_of(d->ad->config_path));

    json_set_str(values, "problem", d->ad->config_problem);
    doctor_line(d, "config", d->ad->config_ok, values);
}

/* What `make install` puts beside each other. */
static void check_data(struct doctor *d)
{
    static const char *const parts[] = {"views", "locale", NULL};
    struct admin *ad = d->ad;
    bool good = access(str_z(ad->arena, ad->sql_dir), R_OK | X_OK) == 0;

    for (const char *const *p = parts; *p != NULL; p++)
        good = good && access(admin_path(ad, ad->config.data_dir, *p), R_OK | X_OK) == 0;
    doctor_line(d, "data", good, admin_value("folder", ad->config.data_dir));
}

/* True when fontconfig knows a font of exactly this family. */
static bool has_family(const char *family)
{
    FcPattern *wanted =
        FcPatternBuild(NULL, FC_FAMILY, FcTypeString, (const FcChar8 *)family, (char *)NULL);
    FcObjectSet *asked = FcObjectSetBuild(FC_FAMILY, (char *)NULL);
    FcFontSet *found = FcFontList(NULL, wanted, asked);
    bool has = found != NULL && found->nfont > 0;

    if (found != NULL)
        FcFontSetDestroy(found);
    FcObjectSetDestroy(asked);
    FcPatternDestroy(wanted);
    return has;
}

/* The two fonts of documents (core/pdf.h): without the first nothing is written, without the second symbols and emoji are empty boxes
 * (UX.md §7). */
static void check_fonts(struct doctor *d)
{
    static const char *const fonts[][2] = {{"fonts", "Noto Sans CJK SC"}, {"symbols", "Symbola"}};

    for (size_t i = 0; i < sizeof fonts / sizeof fonts[0]; i++)
        doctor_line(d, fonts[i][0], has_family(fonts[i][1]),
                    admin_value("family", str_of(fonts[i][1])));
    FcFini();
}

void doctor_disk(struct doctor *d, const char *folder)
{
    struct statvfs vfs;
    json_t *values = admin_value("folder", str_of(folder));
    bool good = statvfs(folder, &vfs) == 0;
    uint64_t free_mib = 0;

    if (good) {
        free_mib = (uint64_t)vfs.f_bavail * vfs.f_frsize / MIB;
        /* Some file systems count no inodes: 0 of 0. */
        good = free_mib >= FREE_MIN_MIB &&
               (uint64_t)vfs.f_bavail * 100 >= (uint64_t)vfs.f_blocks * FREE_MIN_PERCENT &&
               (vfs.f_files == 0 ||
                (uint64_t)vfs.f_favail * 100 >= (uint64_t)vfs.f_files * FREE_MIN_PERCENT);
    }
    json_set_int(values, "free", (int64_t)free_mib);
    doctor_line(d, "disk", good, values);
}

void doctor_machine(struct doctor *d)
{
    check_config(d);
    if (d->ad->config_ok)
        check_data(d);
    check_fonts(d);
}
