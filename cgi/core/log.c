#include "core/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"

/* A line is one write of at most PIPE_BUF bytes, so lines of several processes never mix in a pipe. */
enum { LINE_BYTES = 4096, VALUE_BYTES = 128 };

/* The reserve that out-of-memory is told from: static, and touched at log_open so that its page is really there. */
static struct {
    const char *program;
    enum log_level least;
    size_t n;
    char line[LINE_BYTES];
} state = {.program = "aiddesk", .least = LOG_INFO_};

void log_open(const char *program, enum log_level least)
{
    state.program = program;
    state.least = least;
    memset(state.line, ' ', sizeof state.line);
}

/* VALUE_BYTES keeps a full line well below LINE_BYTES; the check here only makes that independent of the number of fields. */
static void put(const char *p, size_t n)
{
    if (n > sizeof state.line - state.n - 2)
        n = sizeof state.line - state.n - 2;
    memcpy(state.line + state.n, p, n);
    state.n += n;
}

static void put_name(const char *name)
{
    put(state.n == 1 ? "\"" : ",\"", state.n == 1 ? 1 : 2);
    put(name, strlen(name));
    put("\":", 2);
}

static void put_text(const char *name, const char *value)
{
    if (value == NULL)
        return;
    put_name(name);
    put("\"", 1);
    for (size_t i = 0; i < VALUE_BYTES && value[i] != '\0'; i++) {
        char c = value[i] < ' ' || value[i] > '~' ? '?' : value[i];

        if (c == '"' || c == '\\')
            put("\\", 1);
        put(&c, 1);
    }
    put("\"", 1);
}

static void put_number(const char *name, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    put_name(name);
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        put("-", 1);
    put(digits + at, sizeof digits - at);
}

static void put_number_if(bool wanted, const char *name, int64_t value)
{
    if (wanted)
        put_number(name, value);
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {
        [LOG_DEBUG_] = "debug", [LOG_INFO_] = "info", [LOG_WARN_] = "warn", [LOG_ERROR_] = "error"};

    return names[level];
}

static const char *blame_name(enum blame blame)
{
    static const char *const names[] = {
        [BLAME_CLIENT] = "client", [BLAME_BUSY] = "busy", [BLAME_OURS] = "ours"};

    return names[blame];
}

static void write_line(void)
{
    state.line[state.n++] = '}';
    state.line[state.n++] = '\n';
    for (;;) {
        ssize_t n = write(STDERR_FILENO, state.line, state.n);

        if (n >= 0 || errno != EINTR)
            return; /* nowhere left to complain */
    }
}

void log_write(enum log_level level, const struct log_line *line)
{
    char now[CLOCK_TEXT_BYTES];
    int saved = errno;

    if (level < state.least)
        return;
    clock_text(clock_now(), now);
    state.n = 0;
    put("{", 1);
    put_text("time", now);
    put_text("level", level_name(level));
    put_text("program", state.program);
    put_number("pid", getpid());
    put_text("event", line->event);
    put_text("request", line->request_id);
    put_text("route", line->route);
    put_text("method", line->method);
    put_number_if(line->status != 0, "status", line->status);
    if (line->err != ERR_OK) {
        put_text("error", err_row(line->err)->name);
        put_text("blame", blame_name(err_row(line->err)->blame));
    }
    put_number_if(line->status != 0 || line->ms != 0, "ms", line->ms);
    put_number_if(line->status != 0 || line->bytes != 0, "bytes", line->bytes);
    put_text("role", line->role);
    put_text("network", line->network);
    put_text("sqlstate", line->sqlstate);
    put_text("constraint", line->constraint);
    put_text("detail", line->detail);
    put_number_if(line->number != 0, "number", line->number);
    write_line();
    errno = saved;
}

void log_event(enum log_level level, const char *event, const char *detail)
{
    log_write(level, LOG_LINE(.event = event, .detail = detail));
}
