#include "core/db_private.h"

#include <assert.h>

#include "core/log.h"

/* The simple protocol runs many statements as one; outside a transaction of ours the server makes one around them.  The words of an
 * error are kept in db->problem by db_call.c, for the operator's eyes only. */
enum err db_script(struct db *db, struct str text, struct db_rows **rows)
{
    bool inside = db->mode != DB_MODE_IDLE;
    PGresult *result = NULL;
    enum db_outcome outcome;

    assert(db->by_operator && db->arena != NULL);
    db->problem = (struct str){0};
    if (rows != NULL)
        *rows = NULL;
    if (!inside && !db_connect(db))
        return db->refusal;
    outcome = db_text_command(db, str_z(db->arena, text), db->deadline, &result);
    if (outcome != DB_DONE)
        return db_err_of(db, outcome);
    if (PQtransactionStatus(db->conn) != (inside ? PQTRANS_INTRANS : PQTRANS_IDLE)) {
        PQclear(result);
        db->problem = STR("the script begins or ends a transaction by itself");
        return ERR_INTERNAL;
    }
    if (rows != NULL && PQresultStatus(result) == PGRES_TUPLES_OK)
        *rows = db_rows_of(db, result);
    else
        PQclear(result);
    return ERR_OK;
}
