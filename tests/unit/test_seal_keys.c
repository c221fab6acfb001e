/* seal: key files, passwords and the machine's slots (core/seal.h). */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/seal.h"
#include "core/token.h"
#include "vector.h"

/* ---- key files ---- */

static const char *const two_keys[] = {"lookup", "roster.secret", NULL};

/* A folder of keys for the program "desk", whole and with the right mode. */
static struct config keys_folder(struct arena *a)
{
    const char *folder = unit_folder(a);
    struct config config = {.keys_dir = str_of(folder)};
    struct str hex32 = STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    struct str hex64 = STR("ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
                           "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n");

    (void)chmod(unit_file(a, folder, "desk/lookup", hex32), 0400);
    (void)chmod(unit_file(a, folder, "desk/roster.secret", hex64), 0400);
    return config;
}

static char *key_path(struct arena *a, const struct config *config, const char *name)
{
    return str_z(a, str_fmt(a, "%.*s/desk/%s", STR_ARG(config->keys_dir), name));
}

static void assert_refused(struct arena *a, const struct config *config, const char *words)
{
    struct keys *k = NULL;
    struct str problem = {NULL, 0};

    assert_false(keys_load(a, config, "desk", two_keys, &k, &problem));
    assert_null(k);
    if (str_find(problem, str_of(words), 0) == SIZE_MAX)
        fail_msg("\"%s\" is not in \"%.*s\"", words, STR_ARG(problem));
}

static void keys_are_read_from_the_folder_of_the_program(void **state)
{
    struct arena *a = *state;
    struct config config = keys_folder(a);
    struct keys *k = NULL;
    struct str problem = {NULL, 0};

    assert_true(keys_load(a, &config, "desk", two_keys, &k, &problem));
    assert_int_equal(keys_get(k, "lookup")[31], 0x1f);
    assert_int_equal(keys_get(k, "roster.secret")[0], 0xff);
    assert_int_equal(keys_get(k, "roster.secret")[63], 0x00);
    assert_false(keys_load(a, &config, "track", two_keys, &k, &problem));
}

static void a_program_without_keys_loads_none(void **state)
{
    struct config config = {.keys_dir = STR("/nowhere")};
    struct keys *k = NULL;
    struct str problem = {NULL, 0};

    assert_true(keys_load(*state, &config, "report", NULL, &k, &problem));
}

static void a_missing_key_file_is_told_with_its_path(void **state)
{
    struct arena *a = *state;
    struct config config = keys_folder(a);

    assert_int_equal(unlink(key_path(a, &config, "lookup")), 0);
    assert_refused(a, &config, "desk/lookup is missing");
}

static void a_key_file_that_others_may_read_is_refused(void **state)
{
    struct arena *a = *state;
    struct config config = keys_folder(a);

    assert_int_equal(chmod(key_path(a, &config, "roster.secret"), 0440), 0);
    assert_refused(a, &config, "gives rights to others");
}

static void a_link_or_a_folder_is_no_key_file(void **state)
{
    struct arena *a = *state;
    struct config config = keys_folder(a);
    char *path = key_path(a, &config, "lookup");

    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("roster.secret", path), 0);
    assert_refused(a, &config, "desk/lookup cannot be read");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(a, &config, "not a regular file");
}

static void a_key_of_another_length_or_alphabet_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "00",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f \n",
    };
    struct arena *a = *state;
    struct config config = keys_folder(a);

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(unlink(key_path(a, &config, "lookup")), 0);
        (void)chmod(unit_file(a, str_z(a, config.keys_dir), "desk/lookup", str_of(wrong[i])), 0400);
        assert_refused(a, &config, "right number of hexadecimal digits");
    }
}

static void ask_undeclared(void *ctx)
{
    struct config config = keys_folder(ctx);
    struct keys *k = NULL;
    struct str problem;

    if (keys_load(ctx, &config, "desk", two_keys, &k, &problem))
        (void)keys_get(k, "pepper");
}

static void asking_for_a_key_that_was_not_declared_ends_the_process(void **state)
{
    struct str words;

    assert_int_equal(unit_child(*state, ask_undeclared, *state, &words), 256 + SIGABRT);
    assert_int_equal(keys_bytes("export.secret"), 64);
    assert_int_equal(keys_bytes("pepper"), 32);
    assert_int_equal(keys_bytes("pow"), 0);
}

static void the_recovery_public_key_comes_from_the_configuration(void **state)
{
    struct config config = {
        .recovery_public = STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")};
    unsigned char out[32];

    (void)state;
    assert_true(keys_recovery_public(&config, out));
    assert_int_equal(out[31], 0x1f);
    config.recovery_public = str_sub(config.recovery_public, 0, 62);
    assert_false(keys_recovery_public(&config, out));
    config.recovery_public = STR("");
    assert_false(keys_recovery_public(&config, out));
}

/* ---- passwords ---- */

static void verifier_and_wrap_are_those_of_the_vectors(void **state)
{
    struct arena *a = *state;
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(vector_load(a, "password"), "cases"), i, v)
    {
        struct password_params params = {.ops = vector_int(v, "ops"),
                                         .mem_bytes = vector_int(v, "mem_bytes"),
                                         .pepper_version = 1};
        struct uuid user = vector_uuid(a, v, "user");
        struct uuid other = token_uuid();
        uint32_t version = (uint32_t)vector_int(v, "version");
        struct str sealed = vector_bytes(a, v, "user_key");
        unsigned char verifier[32];
        unsigned char wrap[32];
        unsigned char secret[32];

        memcpy(params.salt, vector_bytes(a, v, "salt").p, sizeof(params.salt));
        assert_int_equal(seal_password(a, -1, vector_32(a, v, "pepper"), &user,
                                       vector_text(v, "password"), &params, verifier, wrap),
                         ERR_OK);
        assert_bytes(verifier, vector_bytes(a, v, "verifier"));
        assert_bytes(wrap, vector_bytes(a, v, "wrap"));
        assert_int_equal(seal_user_key_open(a, wrap, &user, version, sealed, secret), ERR_OK);
        assert_bytes(secret, vector_bytes(a, v, "secret"));
        assert_int_equal(seal_user_key_open(a, wrap, &user, version + 1, sealed, secret),
                         ERR_DAMAGED);
        assert_int_equal(seal_user_key_open(a, wrap, &other, version, sealed, secret), ERR_DAMAGED);
        assert_int_equal(seal_user_key_open(a, verifier, &user, version, sealed, secret),
                         ERR_DAMAGED);
        assert_int_equal(seal_user_key_open(a, wrap, &user, 9,
                                            seal_user_key(a, wrap, &user, 9, verifier), secret),
                         ERR_OK);
        assert_memory_equal(secret, verifier, 32);
    }
}

static void without_the_right_pepper_neither_verifier_nor_wrap_come_out(void **state)
{
    struct arena *a = *state;
    json_t *v = json_array_get(json_object_get(vector_load(a, "password"), "cases"), 2);
    struct password_params params = {.ops = vector_int(v, "ops"),
                                     .mem_bytes = vector_int(v, "mem_bytes")};
    struct uuid user = vector_uuid(a, v, "user");
    unsigned char pepper[32] = {0};
    unsigned char verifier[32];
    unsigned char wrap[32];

    memcpy(params.salt, vector_bytes(a, v, "salt").p, sizeof(params.salt));
    assert_int_equal(
        seal_password(a, -1, pepper, &user, vector_text(v, "password"), &params, verifier, wrap),
        ERR_OK);
    assert_memory_not_equal(verifier, vector_bytes(a, v, "verifier").p, 32);
    assert_memory_not_equal(wrap, vector_bytes(a, v, "wrap").p, 32);
}

static void parameters_that_would_stop_the_machine_are_refused(void **state)
{
    static const struct password_params wrong[] = {{.ops = 0, .mem_bytes = 64 << 20},
                                                   {.ops = 17, .mem_bytes = 64 << 20},
                                                   {.ops = 3, .mem_bytes = 1 << 20},
                                                   {.ops = 3, .mem_bytes = 1 << 30}};
    unsigned char key[32] = {0};
    struct uuid user = token_uuid();

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(seal_password(*state, -1, key, &user, STR("x"), &wrong[i], key, key),
                         ERR_INTERNAL);
}

static void an_unknown_name_has_a_stable_salt_of_its_own(void **state)
{
    const unsigned char pepper[32] = {7};
    const unsigned char other_pepper[32] = {8};
    unsigned char salt[3][16];
    struct uuid user[3];

    seal_fake_salt(*state, pepper, STR("li.hua"), salt[0], &user[0]);
    seal_fake_salt(*state, pepper, STR("li.hua"), salt[1], &user[1]);
    assert_memory_equal(salt[0], salt[1], 16);
    assert_memory_equal(&user[0], &user[1], 16);
    seal_fake_salt(*state, pepper, STR("wang"), salt[2], &user[2]);
    assert_memory_not_equal(salt[0], salt[2], 16);
    assert_memory_not_equal(salt[0], user[0].b, 16);
    seal_fake_salt(*state, other_pepper, STR("li.hua"), salt[2], &user[2]);
    assert_memory_not_equal(salt[0], salt[2], 16);
}

/* ---- slots ---- */

/* A process that takes a slot, says which, and holds it until it is ended. */
struct holder {
    pid_t pid;
    int slot;
};

static struct holder hold(int fd, char kind)
{
    struct holder h = {.slot = -2};
    signed char slot = -1;
    int p[2];

    assert_int_equal(pipe(p), 0);
    h.pid = fork();
    assert_true(h.pid >= 0);
    if (h.pid == 0) {
        slot = (signed char)slot_take(fd, kind, 0);
        (void)!write(p[1], &slot, 1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(p[0], &slot, 1), 1);
    h.slot = slot;
    (void)close(p[0]);
    (void)close(p[1]);
    return h;
}

static void end(struct holder h)
{
    (void)kill(h.pid, SIGKILL);
    assert_int_equal(waitpid(h.pid, NULL, 0), h.pid);
}

static int slot_file(struct arena *a)
{
    int fd = open(unit_file(a, unit_folder(a), "slots", STR("")), O_RDWR | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void four_processes_may_hash_and_two_may_inspect_at_once(void **state)
{
    struct holder h[7];
    int fd = slot_file(*state);

    for (int i = 0; i < 4; i++) {
        h[i] = hold(fd, 'a');
        assert_int_equal(h[i].slot, i);
    }
    assert_int_equal(slot_take(fd, 'a', 0), -1);
    for (int i = 4; i < 6; i++) {
        h[i] = hold(fd, 'i');
        assert_int_equal(h[i].slot, i - 4);
    }
    h[6] = hold(fd, 'i');
    assert_int_equal(h[6].slot, -1);
    for (int i = 0; i < 7; i++)
        end(h[i]);
    (void)close(fd);
}

static void death_and_release_free_a_slot(void **state)
{
    int fd = slot_file(*state);
    struct holder h[2] = {hold(fd, 'i'), hold(fd, 'i')};

    assert_int_equal(slot_take(fd, 'i', 0), -1);
    end(h[0]);
    assert_int_equal(slot_take(fd, 'i', 1000), h[0].slot);
    slot_release(fd, 'i', h[0].slot);
    h[0] = hold(fd, 'i');
    assert_int_equal(h[0].slot, 0);
    end(h[0]);
    end(h[1]);
    (void)close(fd);
}

static void who_waits_for_a_slot_waits_no_longer_than_told(void **state)
{
    int fd = slot_file(*state);
    struct holder h[2] = {hold(fd, 'i'), hold(fd, 'i')};
    int64_t before = clock_monotonic_ms();

    assert_int_equal(slot_take(fd, 'i', 100), -1);
    assert_in_range(clock_monotonic_ms() - before, 100, 2000);
    end(h[0]);
    end(h[1]);
    (void)close(fd);
}

static void a_password_gives_its_slot_back(void **state)
{
    int fd = slot_file(*state);
    struct password_params params = {.ops = 1, .mem_bytes = 8 << 20};
    unsigned char key[32] = {0};
    struct uuid user = token_uuid();

    assert_int_equal(seal_password(*state, fd, key, &user, STR("x"), &params, key, key), ERR_OK);
    assert_int_equal(slot_take(fd, 'a', 0), 0); /* the slot was given back */
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(keys_are_read_from_the_folder_of_the_program),
        unit_test_of(a_program_without_keys_loads_none),
        unit_test_of(a_missing_key_file_is_told_with_its_path),
        unit_test_of(a_key_file_that_others_may_read_is_refused),
        unit_test_of(a_link_or_a_folder_is_no_key_file),
        unit_test_of(a_key_of_another_length_or_alphabet_is_refused),
        unit_test_of(asking_for_a_key_that_was_not_declared_ends_the_process),
        unit_test_of(the_recovery_public_key_comes_from_the_configuration),
        unit_test_of(verifier_and_wrap_are_those_of_the_vectors),
        unit_test_of(without_the_right_pepper_neither_verifier_nor_wrap_come_out),
        unit_test_of(parameters_that_would_stop_the_machine_are_refused),
        unit_test_of(an_unknown_name_has_a_stable_salt_of_its_own),
        unit_test_of(four_processes_may_hash_and_two_may_inspect_at_once),
        unit_test_of(death_and_release_free_a_slot),
        unit_test_of(who_waits_for_a_slot_waits_no_longer_than_told),
        unit_test_of(a_password_gives_its_slot_back),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
