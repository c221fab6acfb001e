#include "unit.h"

#include <string.h>

#include "core/err.h"
#include "core/load.h"

static void every_error_has_a_complete_row_with_a_name_of_its_own(void **state)
{
    (void)state;
    for (enum err e = ERR_OK; e < ERR__MAX; e++) {
        const struct err_row *row = err_row(e);

        assert_non_null(row->name);
        assert_in_range(row->status, 200, 599);
        assert_memory_equal(row->text, "error.", 6);
        for (enum err other = ERR_OK; other < e; other++)
            assert_string_not_equal(row->name, err_row(other)->name);
    }
}

static void blame_fits_the_status(void **state)
{
    (void)state;
    for (enum err e = ERR_BAD_REQUEST; e < ERR__MAX; e++) {
        const struct err_row *row = err_row(e);

        if (row->blame == BLAME_CLIENT)
            assert_in_range(row->status, 400, 499);
        if (row->blame == BLAME_OURS)
            assert_in_range(row->status, 500, 599);
    }
}

static void sqlstates_are_of_class_ud_and_lead_back_to_their_error(void **state)
{
    (void)state;
    for (enum err e = ERR_OK; e < ERR__MAX; e++) {
        const char *sqlstate = err_row(e)->sqlstate;

        if (sqlstate == NULL)
            continue;
        assert_int_equal(strlen(sqlstate), 5);
        assert_memory_equal(sqlstate, "UD0", 3);
        assert_int_equal(err_of_sqlstate(sqlstate), e);
    }
}

static void an_unknown_sqlstate_is_our_bug(void **state)
{
    (void)state;
    assert_int_equal(err_of_sqlstate("UD999"), ERR_INTERNAL);
    assert_int_equal(err_of_sqlstate("UD00"), ERR_INTERNAL);
    assert_int_equal(err_of_sqlstate("UD0011"), ERR_INTERNAL);
    assert_int_equal(err_of_sqlstate(""), ERR_INTERNAL);
    assert_int_equal(err_of_sqlstate(NULL), ERR_INTERNAL);
}

static void a_stranger_cannot_tell_refusals_of_a_case_apart(void **state)
{
    const struct err_row *not_found = err_row(ERR_NOT_FOUND);
    static const enum err alike[] = {ERR_ROLE, ERR_CONFLICT};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(err_row(alike[i])->status, not_found->status);
        assert_string_equal(err_row(alike[i])->text, not_found->text);
        assert_int_equal(err_shown(alike[i]), ERR_NOT_FOUND);
    }
    assert_int_equal(err_shown(ERR_CODE), ERR_CODE);
}

/* True when a file of sql/api raises this code. */
static bool sql_raises(struct arena *a, const struct str *names, size_t n, const char *sqlstate)
{
    struct str wanted = str_fmt(a, "errcode = '%s'", sqlstate), text, problem;

    for (size_t i = 0; i < n; i++) {
        const char *path =
            unit_path(a, str_z(a, str_fmt(a, "../../sql/api/%.*s", STR_ARG(names[i]))));

        assert_true(load_text(a, path, 1 << 20, &text, &problem));
        if (str_find(text, wanted, 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static void the_registry_lists_the_refusals_of_sql(void **state)
{
    struct arena *a = *state;
    struct str *names, problem;
    size_t n = 0, known = 0;

    assert_true(load_names(a, unit_path(a, "../../sql/api"), &names, &n, &problem));
    for (int code = 0; code < 100; code++) {
        const char *sqlstate = str_z(a, str_fmt(a, "UD%03d", code));
        bool registered = err_of_sqlstate(sqlstate) != ERR_INTERNAL;

        if (sql_raises(a, names, n, sqlstate) != registered)
            fail_msg("%s: %s", sqlstate, registered ? "no SQL raises it" : "not in the registry");
        known += registered;
    }
    assert_true(known > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_complete_row_with_a_name_of_its_own),
        cmocka_unit_test(blame_fits_the_status),
        cmocka_unit_test(sqlstates_are_of_class_ud_and_lead_back_to_their_error),
        cmocka_unit_test(an_unknown_sqlstate_is_our_bug),
        cmocka_unit_test(a_stranger_cannot_tell_refusals_of_a_case_apart),
        unit_test_of(the_registry_lists_the_refusals_of_sql),
    };

    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
