#include "rules/specific.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Chinese numerals of everyday writing, with the units up to ten thousand. */
static bool is_numeral(uint32_t c)
{
    static const uint32_t numerals[] = {0x4E00, 0x4E8C, 0x4E24, 0x4E09, 0x56DB, 0x4E94,
                                        0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341, 0x767E,
                                        0x5343, 0x4E07, 0x96F6, 0x3007};

    for (size_t i = 0; i < COUNT(numerals); i++) {
        if (numerals[i] == c)
            return true;
    }
    return text_is_digit(c);
}

/* A run of digits, numerals, points and thousands commas from i; its end. */
static size_t number_end(const struct text *t, size_t i)
{
    size_t start = i;

    while (i < t->n && is_numeral(t->c[i]))
        i++;
    while (i > start && i + 1 < t->n && (t->c[i] == '.' || t->c[i] == ',') &&
           text_is_digit(t->c[i + 1])) {
        i++;
        while (i < t->n && text_is_digit(t->c[i]))
            i++;
    }
    return i;
}

static size_t skip_spaces(const struct text *t, size_t i)
{
    while (i < t->n && t->c[i] == ' ')
        i++;
    return i;
}

static bool starts_number(const struct text *t, size_t i)
{
    return is_numeral(t->c[i]) && (i == 0 || !is_numeral(t->c[i - 1]));
}

/* True when one of the words begins at i.  Latin words must end there too. */
static bool word_at(const struct text *t, size_t i, const char *const *words, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t length = 0;

        if (!text_word_at(t, i, words[k], &length))
            continue;
        if (words[k][0] >= 'a' && words[k][0] <= 'z') {
            size_t end = i + length;

            if (end < t->n && t->c[end] >= 'a' && t->c[end] <= 'z' && t->c[end] != 's')
                continue;
        }
        return true;
    }
    return false;
}

/* A number followed by one of the words. */
static bool number_then(const struct text *t, const char *const *words, size_t n)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!starts_number(t, i))
            continue;

        size_t end = skip_spaces(t, number_end(t, i));

        if (end < t->n && word_at(t, end, words, n))
            return true;
    }
    return false;
}

static size_t digits(const struct text *t, size_t i)
{
    size_t n = 0;

    while (i + n < t->n && text_is_digit(t->c[i + n]))
        n++;
    return n;
}

/* 2026-12-01, 2026/12/1, 2026.12.1 at i; its length, or 0. */
static size_t iso_day_at(const struct text *t, size_t i)
{
    size_t y = digits(t, i);

    if (y != 4 || (i > 0 && text_is_alnum(t->c[i - 1])))
        return 0;

    size_t at = i + 4;
    uint32_t sep = at < t->n ? t->c[at] : 0;

    if (sep != '-' && sep != '/' && sep != '.')
        return 0;

    size_t m = digits(t, at + 1);

    if (m < 1 || m > 2 || at + 1 + m >= t->n || t->c[at + 1 + m] != sep)
        return 0;

    size_t d = digits(t, at + 2 + m);

    return d >= 1 && d <= 2 ? 4 + 1 + m + 1 + d : 0;
}

static bool month_name_at(const struct text *t, size_t i)
{
    static const char *const months[] = {
        "january",   "february", "march",    "april",    "may",  "june", "july", "august",
        "september", "october",  "november", "december", "jan",  "feb",  "mar",  "apr",
        "jun",       "jul",      "aug",      "sep",      "sept", "oct",  "nov",  "dec"};

    if (t->c[i] < 'a' || t->c[i] > 'z' || (i > 0 && t->c[i - 1] >= 'a' && t->c[i - 1] <= 'z'))
        return false;
    return word_at(t, i, months, COUNT(months));
}

/* "18 november", "november 18", "18th of november". */
static bool english_day(const struct text *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!month_name_at(t, i))
            continue;
        /* a day before the name, with at most " of " and an ordinal's ending between */
        for (size_t k = 1; k <= 6 && k <= i; k++) {
            if (text_is_digit(t->c[i - k]))
                return true;
        }

        size_t end = i;

        while (end < t->n && t->c[end] >= 'a' && t->c[end] <= 'z')
            end++;
        if (end < t->n && t->c[end] == '.')
            end++;
        end = skip_spaces(t, end);
        if (end < t->n && text_is_digit(t->c[end]))
            return true;
    }
    return false;
}

bool specific_day(const struct text *t)
{
    static const char *const day[] = {"\u65e5", "\u53f7"}; /* 日 号 */

    for (size_t i = 0; i < t->n; i++) {
        if (iso_day_at(t, i) > 0)
            return true;
        if (t->c[i] != 0x6708) /* month sign: a number before, a day after */
            continue;

        size_t d = skip_spaces(t, i + 1);

        if (i == 0 || d >= t->n || !is_numeral(t->c[d]))
            continue;
        d = skip_spaces(t, number_end(t, d));
        if (d < t->n && word_at(t, d, day, COUNT(day)))
            return true;
    }
    return english_day(t);
}

bool specific_date(const struct text *t)
{
    static const char *const spans[] = {
        "\u65e5\u5185",             /* 日内 */
        "\u5929\u5185",             /* 天内 */
        "\u4e2a\u5de5\u4f5c\u65e5", /* 个工作日 */
        "\u5de5\u4f5c\u65e5",       /* 工作日 */
        "\u5c0f\u65f6\u5185",       /* 小时内 */
        "\u4e2a\u5c0f\u65f6\u5185", /* 个小时内 */
        "\u65e5\u4e4b\u5185",       /* 日之内 */
        "\u5929\u4e4b\u5185",       /* 天之内 */
        "\u5468\u5185",             /* 周内 */
        "\u4e2a\u6708\u5185",       /* 个月内 */
        "\u65e5\u524d",             /* 日前 */
        "\u53f7\u524d",             /* 号前 */
        "working day",
        "day",
        "hour",
        "week",
    };

    return specific_day(t) || number_then(t, spans, COUNT(spans));
}

bool specific_amount(const struct text *t)
{
    static const char *const after[] = {
        "\u5143", /* 元 */
        "\u5757", /* 块 */
        "\u5706", /* 圆 */
        "yuan",   "rmb", "cny",
    };
    static const char *const before[] = {
        "\u4eba\u6c11\u5e01", /* 人民币 */
        "\u00a5",             /* ¥ */
        "rmb",
        "cny",
    };

    if (number_then(t, after, COUNT(after)))
        return true;
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; k < COUNT(before); k++) {
            size_t length = 0;

            if (!text_word_at(t, i, before[k], &length))
                continue;

            size_t n = skip_spaces(t, i + length);

            if (n < t->n && is_numeral(t->c[n]))
                return true;
        }
    }
    return false;
}

bool specific_quantity(const struct text *t)
{
    static const char *const counters[] = {
        "\u5f20", /* 张 */
        "\u4e2a", /* 个 */
        "\u679a", /* 枚 */
        "\u4efd", /* 份 */
        "\u6761", /* 条 */
        "\u4ef6", /* 件 */
        "\u7ec4", /* 组 */
        "\u5957", /* 套 */
        "\u6b21", /* 次 */
        "\u7b14", /* 笔 */
        "key",    "card", "code", "licence", "license", "piece", "pcs", "unit",
    };
    static const char *const spans[] = {
        "\u4e2a\u5de5\u4f5c\u65e5", /* 个工作日 */
        "\u4e2a\u5c0f\u65f6",       /* 个小时 */
        "\u4e2a\u6708",             /* 个月 */
        "\u4e2a\u661f\u671f",       /* 个星期 */
    };

    for (size_t i = 0; i < t->n; i++) {
        if (!starts_number(t, i))
            continue;

        size_t end = skip_spaces(t, number_end(t, i));

        if (end < t->n && word_at(t, end, counters, COUNT(counters)) &&
            !word_at(t, end, spans, COUNT(spans)))
            return true;
    }
    return false;
}

/* Hotlines are numbers that everybody names: 12315, 12345, 12377, 96110 are no reference. */
static bool hotline(const struct text *t, size_t i, size_t n)
{
    return n == 5 && ((t->c[i] == '1' && t->c[i + 1] == '2' && t->c[i + 2] == '3') ||
                      (t->c[i] == '9' && t->c[i + 1] == '6' && t->c[i + 2] == '1'));
}

bool specific_number(const struct text *t)
{
    static const char *const money[] = {
        "\u5143", /* 元 */
        "\u5757", /* 块 */
        "\u5e74", /* 年 */
        "\u6708", /* 月 */
        "yuan",   "rmb", "cny",
    };

    for (size_t i = 0; i < t->n; i++) {
        if (!text_is_alnum(t->c[i]) ||
            (i > 0 && (text_is_alnum(t->c[i - 1]) || t->c[i - 1] == '-')))
            continue;

        size_t day = iso_day_at(t, i);

        if (day > 0) {
            i += day - 1;
            continue;
        }

        size_t end = i;
        size_t n_digits = 0;

        while (end < t->n && (text_is_alnum(t->c[end]) || t->c[end] == '-' || t->c[end] == '_')) {
            n_digits += text_is_digit(t->c[end]);
            end++;
        }

        size_t next = skip_spaces(t, end);
        bool sum = (next < t->n && word_at(t, next, money, COUNT(money))) ||
                   (end + 1 < t->n && (t->c[end] == '.' || t->c[end] == ',') &&
                    text_is_digit(t->c[end + 1]));
        bool year = end - i == 4 && n_digits == 4 && (t->c[i] == '2' || t->c[i] == '1');

        if (end - i >= 4 && n_digits >= 3 && !sum && !year && !hotline(t, i, end - i))
            return true;
        i = end;
    }
    return false;
}
