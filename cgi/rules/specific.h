/*
 * specific: does a passage hold something definite?  A demand is specific when it names an amount or a quantity and a date (R-WORD-03);
 * a reason for withdrawal is concrete when it says what was done, when, and under which number (R-WD-04).  Chinese and English forms.
 */
#ifndef AIDDESK_RULES_SPECIFIC_H
#define AIDDESK_RULES_SPECIFIC_H

#include "rules/text.h"

/* A day or a span that ends on one: 2026年12月1日, 12月1日, 2026-12-01, 2026/12/1, 18 November 2026, Nov 18, 三日内, 3个工作日内, 24小时内,
 * within 3 days. */
bool specific_date(const struct text *t);
/* A day of the calendar only, without spans. */
bool specific_day(const struct text *t);
/* Money: 98元, 98.00 块, ¥98, 人民币98, 九十八元, CNY 98, 98 yuan. */
bool specific_amount(const struct text *t);
/* A counted thing: 2张, 两枚, 1次, 2 keys. */
bool specific_quantity(const struct text *t);
/* A reference: a run of at least four letters, digits and hyphens with at least three digits in it that is neither a date nor an
 * amount. */
bool specific_number(const struct text *t);

#endif
