/*
 * mustache_ast: a parsed template, shared by mustache_parse.c, mustache_render.c and view.c (which checks at start that every partial
 * that a template names is there).  Everybody else sees mustache.h only.
 */
#ifndef AIDDESK_CORE_MUSTACHE_AST_H
#define AIDDESK_CORE_MUSTACHE_AST_H

#include "core/mustache.h"

enum {
    MUSTACHE_NESTING = 64,  /* sections inside sections in one template */
    MUSTACHE_PARTIALS = 64, /* partials inside partials */
    MUSTACHE_LEVELS = 512,  /* both together: bounds the C stack */
    MUSTACHE_NAME_BYTES = 256,
    MUSTACHE_DELIMITER_BYTES = 16
};

enum node_kind {
    NODE_TEXT,     /* at most one line of text */
    NODE_VALUE,    /* {{x}} */
    NODE_RAW,      /* {{{x}}} and {{&x}} */
    NODE_SECTION,  /* {{#x}} */
    NODE_INVERTED, /* {{^x}} */
    NODE_PARTIAL   /* {{>x}} */
};

struct node {
    struct node *next;
    enum node_kind kind;
    bool starts_line;  /* first on its line of the source: a partial's indentation goes before it */
    size_t line;       /* where it stands, from 1 */
    struct str text;   /* TEXT: the bytes; others: the name as written */
    struct str indent; /* PARTIAL alone on its line: the white space before it */
    struct str *path;  /* name cut at the dots; NULL for "." */
    size_t n_path;
    struct node *children; /* SECTION, INVERTED */
};

struct template
{
    struct node *first;
    bool is_text; /* made by mustache_parse_text: its own text is escaped like a value */
};

#endif
