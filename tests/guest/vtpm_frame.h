/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TPM command or response as it travels: tag (2), size (4), code (4),
 * then the rest; all integers big-endian (TPM 2.0 part 1, 18; part 3, 4.4).
 */
#ifndef VT_FRAME_H
#define VT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_FRAME_MAX 4096
#define VT_HEADER    10

#define VT_TAG_PLAIN	UINT16_C(0x8001)
#define VT_TAG_SESSIONS UINT16_C(0x8002)

#define VT_OWNER	  UINT32_C(0x40000001)
#define VT_PASSWORD	  UINT32_C(0x40000009)
#define VT_HCL_REPORT	  UINT32_C(0x01400001)
#define VT_USER_DATA	  UINT32_C(0x01400002)
#define VT_NV_READ	  UINT32_C(0x14e)
#define VT_FLUSH	  UINT32_C(0x165)
#define VT_CONTEXT_SAVE	  UINT32_C(0x162)
#define VT_NV_READ_PUBLIC UINT32_C(0x169)
#define VT_START_SESSION  UINT32_C(0x176)
#define VT_GET_CAPABILITY UINT32_C(0x17a)

/* Bytes that are being written, or read from at; `bad` sticks, and from then
 * on numbers read are 0. */
struct vt_frame {
	uint8_t bytes[VT_FRAME_MAX];
	size_t n, at;
	bool bad;
};

void vt_put(struct vt_frame *frame, size_t width, uint64_t value);
void vt_put_bytes(struct vt_frame *frame, const void *bytes, size_t n);
/* With its 16-bit size before it. */
void vt_put_sized(struct vt_frame *frame, const void *bytes, size_t n);
/* A header whose size vt_close writes. */
void vt_open(struct vt_frame *frame, uint16_t tag, uint32_t code);
void vt_close(struct vt_frame *frame);

uint32_t vt_get(struct vt_frame *frame, size_t width);
/* The next n bytes, NULL where there are fewer. */
const uint8_t *vt_get_bytes(struct vt_frame *frame, size_t n);

uint16_t vt_tag(const struct vt_frame *frame);
uint32_t vt_code(const struct vt_frame *frame);
/* The n-th 32-bit word behind the header, 0 where there is none. */
uint32_t vt_word(const struct vt_frame *frame, size_t n);

/* A response that is a code and nothing else. */
void vt_refuse(struct vt_frame *response, uint32_t code);

enum vt_io {
	VT_IO_OK,
	VT_IO_END, /* the other side is gone */
	VT_IO_LATE,
};

/* Reads one whole frame.  Gives up where limit_ms (-1: never) passes without
 * a byte, or where `watched` (-1: none) hangs up. */
enum vt_io vt_read(int fd, struct vt_frame *frame, int limit_ms, int watched);
enum vt_io vt_write(int fd, const struct vt_frame *frame);

#endif
