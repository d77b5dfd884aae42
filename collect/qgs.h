/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quote generation service of a TDX host (QGS of Intel's DCAP,
 * QuoteGeneration/qgs): one framed question over vsock or a unix socket, one
 * framed answer.  The frame is big-endian, what is in it little-endian.
 */
#ifndef CO_QGS_H
#define CO_QGS_H

#include "collect/sources.h"
#include "evidence/base/buffer.h"

/* "vsock:PORT" (of the host, CID 2) or "unix:PATH"; report: the 1024 bytes
 * of a TDREPORT.  True: the quote is appended.  False: why is one line. */
bool co_qgs_ask(const char *address, struct ev_span report,
		unsigned int limit_ms, struct ev_buffer *quote,
		char why[CO_WHY_TEXT]);

/* Whether it has one of the two forms. */
bool co_qgs_is_address(const char *address);

#endif
