/*
 * why: "why this date".  SQL explains a deadline as codes and dates (engine.clock_why); this adds the words and the written-out dates that the
 * partial views/shared/why.mustache shows, for every program that shows deadlines.
 */
#ifndef AIDDESK_CORE_WHY_H
#define AIDDESK_CORE_WHY_H

#include <jansson.h>

#include "core/request.h"

/* Adds beside the codes of one engine.clock_why object: kind_label, rule.unit_label, rule.starts_on_label, rule.source_kind_label, rule.source_text, due_text
 * (with the time of day where the period is in hours), started_text, skipped[].day_text, has_skipped, overdue, not_started. */
void why_texts(struct request *req, json_t *why);

/* Adds source_text to a rule with "source" and "articles" (engine.source_articles): the articles by name, "" when there is nothing for
 * people to read. */
void why_source(struct request *req, json_t *rule);

#endif
