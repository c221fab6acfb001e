#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "core/json.h"

static const struct {
    const char *name;
    bool page, upload; /* sockets */
} programs[] = {
    {"intake", true, true}, {"track", true, true},   {"account", true, false},
    {"desk", true, true},   {"report", true, false}, {"worker", false, false},
};

/* A living program holds the lock of its pid file. */
static bool is_running(struct doctor *d, const char *program)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct str name = str_fmt(d->ad->arena, "aiddesk-%s.pid", program);
    int fd = open(admin_path(d->ad, d->ad->config.run_dir, str_z(d->ad->arena, name)),
                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool held;

    if (fd < 0)
        return false;
    held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    (void)close(fd);
    return held;
}

/* Mode 0660 and a group that is nginx's alone: whoever may connect is believed (SECURITY.md, finding 9). */
static void check_socket(struct doctor *d, const char *program, const char *pool)
{
    struct str name = str_fmt(d->ad->arena, "aiddesk-%s%s.sock", program, pool);
    const char *path = admin_path(d->ad, d->ad->config.socket_dir, str_z(d->ad->arena, name));
    json_t *values = admin_value("file", str_of(path));
    const struct group *group;
    struct stat st, folder;

    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        json_set_z(values, "program", program);
        doctor_line(d, "socket_missing", false, values);
        return;
    }
    group = getgrgid(st.st_gid);
    json_set_str(values, "group", group != NULL ? str_of(group->gr_name) : STR("?"));
    json_set_str(values, "mode", str_fmt(d->ad->arena, "%04o", (unsigned)st.st_mode & 07777U));
    doctor_line(d, "socket",
                (st.st_mode & 07777) == 0660 &&
                    stat(str_z(d->ad->arena, d->ad->config.socket_dir), &folder) == 0 &&
                    st.st_gid == folder.st_gid && (geteuid() != 0 || st.st_gid != 0),
                values);
}

void doctor_programs(struct doctor *d)
{
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        bool running = is_running(d, programs[i].name);

        doctor_line(d, "program", running, admin_value("program", str_of(programs[i].name)));
        if (running && programs[i].page)
            check_socket(d, programs[i].name, "");
        if (running && programs[i].upload)
            check_socket(d, programs[i].name, "-upload");
    }
}
