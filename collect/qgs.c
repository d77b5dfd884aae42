/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the host's quote service. */
#include "collect/qgs.h"

#include "collect/deadline.h"
#include "collect/stop.h"
#include "evidence/base/reader.h"
#include "evidence/td_report.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Behind sys/socket.h, whose types it uses. */
#include <linux/vm_sockets.h>

static const char object[] = "qgs.reply";
static const size_t FRAME_MAX = (size_t)1 << 20;
#define FRAME_HEADER 4
/* Message header and the two sizes of GET_QUOTE_REQ. */
#define REQUEST_SIZE  (24 + EV_TDREPORT_SIZE)
#define REPLY_HEADER  24
#define GET_QUOTE_REQ 0
#define GET_QUOTE_RES 1

struct qgs {
	int fd;
	struct co_deadline end;
	char *why;
};

static bool no(struct qgs *q, const char *what)
{
	snprintf(q->why, CO_WHY_TEXT, "the quote service of the host: %s",
		 what);
	return false;
}

/* --- the connection --- */

static bool connect_unix(struct qgs *q, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(to.sun_path))
		return no(q, "the path of the socket is too long");
	memcpy(to.sun_path, path, strlen(path) + 1);
	q->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return q->fd >= 0 &&
	       connect(q->fd, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static bool parse_port(const char *text, unsigned int *port)
{
	unsigned long n;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	*port = (unsigned int)n;
	return errno == 0 && *end == 0 && n <= UINT32_MAX;
}

bool co_qgs_is_address(const char *address)
{
	unsigned int port;

	if (strncmp(address, "vsock:", 6) == 0)
		return parse_port(address + 6, &port);
	return strncmp(address, "unix:", 5) == 0 && address[5] != 0;
}

static bool connect_vsock(struct qgs *q, const char *port)
{
	struct sockaddr_vm to = { .svm_family = AF_VSOCK,
				  .svm_cid = VMADDR_CID_HOST };

	if (!parse_port(port, &to.svm_port))
		return no(q, "want vsock:PORT or unix:PATH");
	q->fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return q->fd >= 0 &&
	       (connect(q->fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
		errno == EINPROGRESS);
}

static bool open_connection(struct qgs *q, const char *address)
{
	errno = 0;
	if (strncmp(address, "unix:", 5) == 0 ? connect_unix(q, address + 5)
	    : strncmp(address, "vsock:", 6) == 0
		    ? connect_vsock(q, address + 6)
		    : no(q, "want vsock:PORT or unix:PATH"))
		return true;
	return errno == 0 ? false : no(q, strerror(errno));
}

/* Waits until the socket is ready, the time is over, or we are to stop. */
static bool ready(struct qgs *q, short events)
{
	struct pollfd fds[2] = {
		{ .fd = q->fd, .events = events },
		{ .fd = co_stop_fd(), .events = POLLIN },
	};
	int n = poll(fds, 2, co_deadline_left_ms(&q->end));

	if (n < 0 && errno == EINTR)
		return co_stop_signal() == 0 || no(q, "stopped");
	if (n < 0)
		return no(q, strerror(errno));
	if (n == 0)
		return no(q, "no answer in time");
	return fds[1].revents == 0 || no(q, "stopped");
}

static bool send_all(struct qgs *q, struct ev_span bytes)
{
	while (bytes.n > 0) {
		ssize_t n;

		if (!ready(q, POLLOUT))
			return false;
		n = send(q->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return no(q, strerror(errno));
		if (n > 0)
			bytes = ev_span_sub(bytes, (size_t)n,
					    bytes.n - (size_t)n);
	}
	return true;
}

/* Exactly n bytes. */
static bool receive(struct qgs *q, size_t n, struct ev_buffer *out)
{
	uint8_t piece[16384];

	while (n > 0) {
		size_t want = n < sizeof(piece) ? n : sizeof(piece);
		ssize_t got;

		if (!ready(q, POLLIN))
			return false;
		got = recv(q->fd, piece, want, 0);
		if (got == 0)
			return no(q, "it closed before its answer was whole");
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return no(q, strerror(errno));
		if (got > 0) {
			ev_buffer_add(out, ev_span_of(piece, (size_t)got));
			n -= (size_t)got;
		}
	}
	return ev_buffer_ok(out) || no(q, "out of memory");
}

/* --- the messages --- */

static void put_u32le(struct ev_buffer *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		ev_buffer_add_byte(b, (uint8_t)(v >> (8 * i)));
}

static void put_u16le(struct ev_buffer *b, uint16_t v)
{
	ev_buffer_add_byte(b, (uint8_t)v);
	ev_buffer_add_byte(b, (uint8_t)(v >> 8));
}

static bool send_request(struct qgs *q, struct ev_span report)
{
	ev_auto_buffer struct ev_buffer b = { 0 };

	for (int shift = 24; shift >= 0; shift -= 8)
		ev_buffer_add_byte(&b, (uint8_t)(REQUEST_SIZE >> shift));
	put_u16le(&b, 1); /* version 1.1 */
	put_u16le(&b, 1);
	put_u32le(&b, GET_QUOTE_REQ);
	put_u32le(&b, REQUEST_SIZE);
	put_u32le(&b, 0); /* error code */
	put_u32le(&b, EV_TDREPORT_SIZE);
	put_u32le(&b, 0); /* size of the list of attestation keys */
	ev_buffer_add(&b, report);
	return (ev_buffer_ok(&b) || no(q, "out of memory")) &&
	       send_all(q, ev_buffer_span(&b));
}

struct reply {
	uint16_t major;
	uint32_t type, size, error, id_size, quote_size;
	struct ev_span quote;
};

static bool parse_reply(struct qgs *q, struct ev_span in, struct reply *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, 0, object, &err);
	char text[CO_WHY_TEXT / 2];

	out->major = ev_read_u16le(&r, "major");
	ev_read_u16le(&r, "minor");
	out->type = ev_read_u32le(&r, "type");
	out->size = ev_read_u32le(&r, "size");
	out->error = ev_read_u32le(&r, "error_code");
	if (err.code == EV_OK && out->error != 0) {
		snprintf(text, sizeof(text), "it answers with error 0x%08x",
			 out->error);
		return no(q, text);
	}
	out->id_size = ev_read_u32le(&r, "selected_id_size");
	out->quote_size = ev_read_u32le(&r, "quote_size");
	ev_read_span(&r, out->id_size, "selected_id");
	out->quote = ev_read_span(&r, out->quote_size, "quote");
	if (ev_reader_finish(&r) == EV_OK && out->major == 1 &&
	    out->type == GET_QUOTE_RES && out->size == in.n)
		return true;
	if (err.code == EV_OK)
		return no(q, "its answer is of another version, type or size");
	ev_error_format(&err, text, sizeof(text));
	return no(q, text);
}

static bool read_reply(struct qgs *q, struct ev_buffer *quote)
{
	ev_auto_buffer struct ev_buffer frame = { 0 }, message = { 0 };
	struct reply reply;
	size_t n;

	if (!receive(q, FRAME_HEADER, &frame))
		return false;
	n = (size_t)frame.p[0] << 24 | (size_t)frame.p[1] << 16 |
	    (size_t)frame.p[2] << 8 | frame.p[3];
	if (n < REPLY_HEADER - 8 || n > FRAME_MAX)
		return no(q, "its answer is not framed, or larger than 1 MiB");
	if (!receive(q, n, &message) ||
	    !parse_reply(q, ev_buffer_span(&message), &reply))
		return false;
	ev_buffer_add(quote, reply.quote);
	return ev_buffer_ok(quote) || no(q, "out of memory");
}

bool co_qgs_ask(const char *address, struct ev_span report,
		unsigned int limit_ms, struct ev_buffer *quote,
		char why[CO_WHY_TEXT])
{
	struct qgs q = { .fd = -1,
			 .end = co_deadline_in(limit_ms),
			 .why = why };
	bool ok;

	assert(report.n == EV_TDREPORT_SIZE);
	ok = open_connection(&q, address) && send_request(&q, report) &&
	     read_reply(&q, quote);
	if (q.fd >= 0)
		close(q.fd);
	return ok;
}
