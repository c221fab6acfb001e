/*
 * money: amounts are integers of fen (分, a hundredth of a yuan), never floating point (DESIGN.md §6).  Arithmetic is checked; figures are
 * written with thousands commas, and in Chinese capital figures (大写) for agreements, where figures alone are easily altered.
 */
#ifndef AIDDESK_RULES_MONEY_H
#define AIDDESK_RULES_MONEY_H

#include "core/err.h"

/* 999,999,999,999.99 yuan: far above what one person may claim (99,999,999.99, UX.md §2.3), enough for any total, and below the unit
 * (万亿) that capital figures rarely meet. */
#define MONEY_MAX INT64_C(99999999999999)

/* Add two amounts.  a, b: fen, 0 .. MONEY_MAX.  *sum is written only on ERR_OK.
 * Returns ERR_RANGE when an amount or the sum leaves 0 .. MONEY_MAX. */
enum err money_add(int64_t a_fen, int64_t b_fen, int64_t *sum_fen);
/* a - b; ERR_RANGE when the difference is negative. */
enum err money_sub(int64_t a_fen, int64_t b_fen, int64_t *difference_fen);
/* Amount times n (0 .. 1,000,000). */
enum err money_mul(int64_t a_fen, int64_t n, int64_t *product_fen);
/* "1,760.50"; always two decimals, no sign of currency.  fen: 0 .. MONEY_MAX. */
struct str money_figures(struct arena *a, int64_t fen);
/* Capital figures: 17600 -> 壹佰柒拾陆元整, 176050 -> 壹仟柒佰陆拾元伍角整, 107 -> 壹元零柒分, 0 -> 零元整.  Written as the PBOC's rules
 * for filling in bills ask (支付结算办法, annex 1): 整 after yuan or jiao, nothing after fen; one 零 for a run of zeros between figures.
 * Without 人民币 before it.  fen: 0 .. MONEY_MAX. */
struct str money_capital(struct arena *a, int64_t fen);

#endif
