/* qr: a QR code as the path data of an SVG (unit squares), by libqrencode, level M. */
#ifndef AIDDESK_CORE_QR_H
#define AIDDESK_CORE_QR_H

#include "core/str.h"

/* *size: modules per side including a quiet zone of 4; *path: SVG path data.  False when the text is empty or
 * longer than 2331 bytes. */
bool qr_path(struct arena *a, struct str text, int *size, struct str *path);

#endif
