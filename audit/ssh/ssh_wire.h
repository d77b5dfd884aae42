/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data types of SSH (RFC 4251, 5): numbers big-endian, a string is its
 * size in four bytes and then that many, an mpint a string with a number in
 * two's complement.  Read as OpenSSH reads them, which is wider than the RFC:
 * a text may end in one NUL, which is not part of it, and a number may begin
 * with zeros.
 */
#ifndef AU_SSH_WIRE_H
#define AU_SSH_WIRE_H

#include "evidence/base/buffer.h"
#include "evidence/base/reader.h"

/* The number that OpenSSH calls the largest: 16384 bits. */
#define AU_SSH_MPINT_MAX 2048

/* A string's bytes, borrowed from the input. */
struct ev_span au_ssh_read_string(struct ev_reader *r, const char *field);

/* The same of text: refuses a NUL that is not its last byte. */
struct ev_span au_ssh_read_text(struct ev_reader *r, const char *field);

/* A number big-endian without leading zeros, empty where it is 0; refuses one
 * below 0 and one above AU_SSH_MPINT_MAX bytes. */
struct ev_span au_ssh_read_mpint(struct ev_reader *r, const char *field);

void au_ssh_put_u32(struct ev_buffer *b, uint32_t v);
void au_ssh_put_string(struct ev_buffer *b, struct ev_span in);
/* in: big-endian, of any length; written as short as it can be. */
void au_ssh_put_mpint(struct ev_buffer *b, struct ev_span in);

#endif
