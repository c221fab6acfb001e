/*
 * csv: RFC 4180 with a UTF-8 BOM and CRLF; a cell that begins with = + - @ (also full-width), tab, CR or LF gets a leading ' (formula
 * injection; Excel in China opens CSV without BOM as mojibake).  Numbers are written by csv_cell_int, as they are.
 */
#ifndef AIDDESK_CORE_CSV_H
#define AIDDESK_CORE_CSV_H

#include "core/buf.h"

struct csv {
    struct buf *out;
    bool row_open; /* a cell of the present row was written */
};

/* Starts: writes the BOM. */
struct csv csv_begin(struct buf *out);
void csv_cell(struct csv *c, struct str text);
void csv_cell_int(struct csv *c, int64_t n);
void csv_end_row(struct csv *c);

#endif
