/* SPDX-License-Identifier: Apache-2.0 */
/* TPM commands and responses as bytes, in memory and on a descriptor. */
#include "tests/guest/vtpm_frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void vt_put(struct vt_frame *frame, size_t width, uint64_t value)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
	vt_put_bytes(frame, bytes, width);
}

void vt_put_bytes(struct vt_frame *frame, const void *bytes, size_t n)
{
	if (n > sizeof(frame->bytes) - frame->n) {
		frame->bad = true;
		return;
	}
	if (n > 0)
		memcpy(frame->bytes + frame->n, bytes, n);
	frame->n += n;
}

void vt_put_sized(struct vt_frame *frame, const void *bytes, size_t n)
{
	vt_put(frame, 2, n);
	vt_put_bytes(frame, bytes, n);
}

void vt_open(struct vt_frame *frame, uint16_t tag, uint32_t code)
{
	frame->n = 0;
	frame->at = VT_HEADER;
	frame->bad = false;
	vt_put(frame, 2, tag);
	vt_put(frame, 4, 0);
	vt_put(frame, 4, code);
}

void vt_close(struct vt_frame *frame)
{
	size_t n = frame->n;

	frame->n = 2;
	vt_put(frame, 4, n);
	frame->n = n;
}

uint32_t vt_get(struct vt_frame *frame, size_t width)
{
	const uint8_t *p = vt_get_bytes(frame, width);
	uint32_t value = 0;
	size_t i;

	for (i = 0; p != NULL && i < width; i++)
		value = value << 8 | p[i];
	return value;
}

const uint8_t *vt_get_bytes(struct vt_frame *frame, size_t n)
{
	const uint8_t *p = frame->bytes + frame->at;

	if (frame->bad || n > frame->n - frame->at) {
		frame->bad = true;
		return NULL;
	}
	frame->at += n;
	return p;
}

static uint32_t big_endian(const struct vt_frame *frame, size_t at, size_t n)
{
	uint32_t value = 0;
	size_t i;

	if (at + n > frame->n)
		return 0;
	for (i = 0; i < n; i++)
		value = value << 8 | frame->bytes[at + i];
	return value;
}

uint16_t vt_tag(const struct vt_frame *frame)
{
	return (uint16_t)big_endian(frame, 0, 2);
}

uint32_t vt_code(const struct vt_frame *frame)
{
	return big_endian(frame, 6, 4);
}

uint32_t vt_word(const struct vt_frame *frame, size_t n)
{
	return big_endian(frame, VT_HEADER + 4 * n, 4);
}

void vt_refuse(struct vt_frame *response, uint32_t code)
{
	vt_open(response, VT_TAG_PLAIN, code);
	vt_close(response);
}

static enum vt_io wait_for(int fd, int limit_ms, int watched)
{
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
				 { .fd = watched } };
	int n = poll(fds, 2, limit_ms);

	if (n == 0)
		return VT_IO_LATE;
	if (n > 0 && fds[0].revents != 0)
		return VT_IO_OK;
	return VT_IO_END; /* hung up, or a signal asks the program to end */
}

static enum vt_io fill(int fd, struct vt_frame *frame, size_t n, int limit_ms,
		       int watched)
{
	while (frame->n < n) {
		enum vt_io waited = wait_for(fd, limit_ms, watched);
		ssize_t got;

		if (waited != VT_IO_OK)
			return waited;
		got = read(fd, frame->bytes + frame->n, n - frame->n);
		if (got <= 0)
			return VT_IO_END;
		frame->n += (size_t)got;
	}
	return VT_IO_OK;
}

enum vt_io vt_read(int fd, struct vt_frame *frame, int limit_ms, int watched)
{
	enum vt_io io;
	uint32_t size;

	frame->n = 0;
	frame->at = VT_HEADER;
	frame->bad = false;
	io = fill(fd, frame, VT_HEADER, limit_ms, watched);
	if (io != VT_IO_OK)
		return io;
	size = big_endian(frame, 2, 4);
	if (size < VT_HEADER || size > sizeof(frame->bytes))
		return VT_IO_END;
	return fill(fd, frame, size, limit_ms, watched);
}

enum vt_io vt_write(int fd, const struct vt_frame *frame)
{
	size_t done = 0;

	while (done < frame->n) {
		ssize_t n = write(fd, frame->bytes + done, frame->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return VT_IO_END;
		done += (size_t)n;
	}
	return VT_IO_OK;
}
