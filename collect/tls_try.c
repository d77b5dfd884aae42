/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS 1.3 handshake between memory and a socket, timed at the socket. */
#include "collect/tls_try.h"

#include "collect/deadline.h"
#include "collect/stop.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* Of the server's answer: four certificates are some 6 KiB. */
static const size_t ANSWER_MAX = (size_t)1 << 20;
static const unsigned int CONNECT_MS = 1500;

/* Handshake types (RFC 8446, 4). */
enum { CERTIFICATE_VERIFY = 15, FINISHED = 20 };

/* In CertificateVerify those that replay knows; PKCS #1 is for certificates
 * alone, whose issuers still sign so. */
static const char schemes[] =
	"ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:"
	"rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:ed25519:"
	"RSA+SHA256:RSA+SHA384:RSA+SHA512";

/* --- what libssl calls --- */

static int add_nonce(SSL *ssl, unsigned int type, unsigned int context,
		     const unsigned char **out, size_t *n, X509 *cert,
		     size_t chain, int *alert, void *arg)
{
	const struct co_tls_client *client = arg;

	(void)ssl, (void)type, (void)context, (void)cert, (void)chain;
	(void)alert;
	*out = client->nonce;
	*n = sizeof(client->nonce);
	return 1;
}

/* Handshake messages in the order in which they are hashed, in plaintext. */
static void keep_message(int sent, int version, int content, const void *p,
			 size_t n, SSL *ssl, void *arg)
{
	struct co_tls_try *t = arg;
	uint8_t type;

	(void)version, (void)ssl;
	if (content != SSL3_RT_HANDSHAKE || n == 0 || t == NULL)
		return;
	type = *(const uint8_t *)p;
	t->finished |= sent == 0 && type == FINISHED;
	if (type <= CERTIFICATE_VERIFY && !t->finished &&
	    t->n_messages < EV_TLS_MESSAGES_MAX)
		ev_buffer_add(&t->message[t->n_messages++], ev_span_of(p, n));
}

/* --- the host --- */

static bool resolve(struct co_tls_client *client, char why[CO_TLS_WHY])
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	char port[8];
	int rc;

	snprintf(port, sizeof(port), "%u", client->host.port);
	rc = getaddrinfo(client->host.name, port, &hints, &client->addresses);
	if (rc != 0)
		snprintf(why, CO_TLS_WHY, "%.100s: %s", client->host.name,
			 gai_strerror(rc));
	return rc == 0;
}

static bool make_context(struct co_tls_client *client)
{
	SSL_CTX *ctx = client->ctx = SSL_CTX_new(TLS_client_method());
	char list[sizeof(schemes)]; /* libssl takes no const text */

	memcpy(list, schemes, sizeof(list));
	if (ctx == NULL)
		return false;
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_msg_callback(ctx, keep_message);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set1_sigalgs_list(ctx, list) == 1 &&
	       SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp) ==
		       1 &&
	       SSL_CTX_add_custom_ext(ctx, EV_TLS_NONCE_EXTENSION,
				      SSL_EXT_CLIENT_HELLO, add_nonce, NULL,
				      client, NULL, NULL) == 1;
}

bool co_tls_client_open(struct co_tls_client *client,
			const struct co_poc_host *host, char why[CO_TLS_WHY])
{
	*client = (struct co_tls_client){ .host = *host,
					  .clocks = co_clocks_find() };
	if (!resolve(client, why))
		return false;
	if (make_context(client))
		return true;
	ERR_clear_error();
	snprintf(why, CO_TLS_WHY, "libssl does not start");
	return false;
}

void co_tls_client_close(struct co_tls_client *client)
{
	if (client->addresses != NULL)
		freeaddrinfo(client->addresses);
	SSL_CTX_free(client->ctx);
	*client = (struct co_tls_client){ .ctx = NULL };
}

/* --- the socket --- */

static bool failed(struct co_tls_try *t, const char *text)
{
	if (t->failed[0] == 0)
		snprintf(t->failed, sizeof(t->failed), "%s", text);
	return false;
}

/* False where the time is over or a signal came. */
static bool wait_for(int fd, short events, const struct co_deadline *end,
		     struct co_tls_try *t)
{
	struct pollfd fds[] = { { .fd = fd, .events = events },
				{ .fd = co_stop_fd(), .events = POLLIN } };

	for (;;) {
		int n = poll(fds, 2, co_deadline_left_ms(end));

		if (co_stop_signal() != 0)
			return failed(t, "stopped");
		if (n == 0)
			return failed(t, "no answer in time");
		if (n < 0 && errno != EINTR)
			return failed(t, strerror(errno));
		if (n > 0 && fds[0].revents != 0)
			return true;
	}
}

static void note_peer(const struct addrinfo *a, struct co_tls_try *t)
{
	char host[48], port[8];

	if (getnameinfo(a->ai_addr, a->ai_addrlen, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(t->peer, sizeof(t->peer),
			 a->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
			 port);
}

/* -1 where nobody listens there, or not in time. */
static int connect_to(const struct addrinfo *a, const struct co_deadline *end,
		      struct co_tls_try *t)
{
	int fd = socket(a->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0, yes = 1;
	socklen_t n = sizeof(error);

	if (fd < 0) {
		failed(t, strerror(errno));
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	note_peer(a, t);
	if (connect(fd, a->ai_addr, a->ai_addrlen) != 0)
		error = errno;
	if (error == EINPROGRESS && wait_for(fd, POLLOUT, end, t) &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		error = errno;
	if (error == 0)
		return fd;
	failed(t, strerror(error));
	close(fd);
	return -1;
}

/* The address that answered first is asked all the time; until one did, none
 * may use up the time of the others. */
static int connect_any(struct co_tls_client *client,
		       const struct co_deadline *end, struct co_tls_try *t)
{
	const struct addrinfo *a =
		client->chosen != NULL ? client->chosen : client->addresses;
	int fd = -1;

	for (; a != NULL && fd < 0; a = a->ai_next) {
		struct co_deadline own = co_deadline_in(CONNECT_MS);

		t->failed[0] = 0;
		fd = connect_to(a,
				client->chosen == NULL &&
						co_deadline_left_ms(end) >
							(int)CONNECT_MS
					? &own
					: end,
				t);
		if (fd >= 0)
			client->chosen = a;
		if (client->chosen != NULL || co_stop_signal() != 0)
			break;
	}
	return fd;
}

/* --- the handshake --- */

struct handshake {
	struct co_tls_client *client;
	struct co_tls_try *t;
	struct co_deadline end;
	int fd;
	SSL *ssl;
	BIO *in, *out; /* of ssl */
	size_t n_received;
};

static bool is_version_error(int reason)
{
	return reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
	       reason == SSL_R_UNSUPPORTED_PROTOCOL ||
	       reason == SSL_R_WRONG_SSL_VERSION;
}

static bool tls_failed(struct co_tls_try *t)
{
	unsigned long error = ERR_peek_error();
	const char *text = ERR_reason_error_string(error);
	char line[CO_TLS_WHY];

	t->in_vain = is_version_error(ERR_GET_REASON(error));
	if (t->in_vain)
		snprintf(line, sizeof(line),
			 "the server does not speak TLS 1.3 (%s)",
			 text != NULL ? text : "?");
	else
		snprintf(line, sizeof(line), "TLS: %s",
			 text != NULL ? text : "the handshake failed");
	ERR_clear_error();
	return failed(t, line);
}

/* What libssl wants to send goes out. */
static bool flush(struct handshake *h)
{
	uint8_t piece[4096];
	ssize_t at = 0, taken = 0;

	for (;;) {
		ssize_t sent;

		if (at == taken) {
			at = 0;
			taken = BIO_read(h->out, piece, sizeof(piece));
		}
		if (taken <= 0)
			return true;
		sent = send(h->fd, piece + at, (size_t)(taken - at),
			    MSG_NOSIGNAL);
		if (sent >= 0)
			at += sent;
		else if (errno != EAGAIN)
			return failed(h->t, strerror(errno));
		else if (!wait_for(h->fd, POLLOUT, &h->end, h->t))
			return false;
	}
}

/* One piece of the answer; the clocks right behind it. */
static bool receive(struct handshake *h, struct ev_reading *when)
{
	uint8_t piece[16384];
	ssize_t n;

	do {
		if (!wait_for(h->fd, POLLIN, &h->end, h->t))
			return false;
		n = recv(h->fd, piece, sizeof(piece), 0);
		*when = co_clocks_read(&h->client->clocks);
	} while (n < 0 && errno == EAGAIN);
	if (n < 0)
		return failed(h->t, strerror(errno));
	if (n == 0)
		return failed(h->t, "the server closed the connection within "
				    "its flight");
	h->n_received += (size_t)n;
	if (h->n_received > ANSWER_MAX)
		return failed(h->t, "the server's flight is longer than 1 MiB");
	return BIO_write(h->in, piece, (int)n) == n ||
	       failed(h->t, "out of memory");
}

/* A step of libssl; true unless it failed. */
static bool step(struct handshake *h, bool *done)
{
	int rc = SSL_do_handshake(h->ssl);

	*done = rc == 1;
	if (*done || SSL_get_error(h->ssl, rc) == SSL_ERROR_WANT_READ)
		return true;
	flush(h); /* the alert, out of courtesy */
	return tls_failed(h->t);
}

static void note_rtt(const struct handshake *h)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);

	if (getsockopt(h->fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0)
		h->t->tcp_rtt_us = info.tcpi_rtt;
}

static bool shake(struct handshake *h)
{
	struct ev_reading when;
	bool done;

	if (!step(h, &done))
		return false;
	h->t->start = co_clocks_read(&h->client->clocks);
	if (!flush(h))
		return false;
	while (!h->t->finished) {
		if (!receive(h, &when) || !step(h, &done))
			return false;
		if (h->t->finished)
			h->t->end = when;
		if (!flush(h))
			return false;
	}
	note_rtt(h);
	return true;
}

static bool make_ssl(struct handshake *h)
{
	h->ssl = SSL_new(h->client->ctx);
	h->in = BIO_new(BIO_s_mem());
	h->out = BIO_new(BIO_s_mem());
	if (h->ssl == NULL || h->in == NULL || h->out == NULL ||
	    SSL_set_tlsext_host_name(h->ssl, h->client->host.name) != 1) {
		BIO_free(h->in);
		BIO_free(h->out);
		return false;
	}
	BIO_set_mem_eof_return(h->in, -1);
	SSL_set_bio(h->ssl, h->in, h->out); /* owns both */
	SSL_set_msg_callback_arg(h->ssl, h->t);
	SSL_set_connect_state(h->ssl);
	return true;
}

bool co_tls_try(struct co_tls_client *client, unsigned int ms,
		struct co_tls_try *out)
{
	struct handshake h = { .client = client,
			       .t = out,
			       .end = co_deadline_in(ms) };
	bool ok;

	*out = (struct co_tls_try){ .n_messages = 0 };
	ERR_clear_error();
	ok = make_ssl(&h);
	if (ok) {
		h.fd = connect_any(client, &h.end, out);
		if (h.fd >= 0) {
			if (shake(&h))
				SSL_shutdown(h.ssl);
			flush(&h);
			close(h.fd);
		}
	}
	SSL_free(h.ssl);
	ERR_clear_error();
	for (size_t i = 0; i < out->n_messages; i++)
		ok = ok && ev_buffer_ok(&out->message[i]);
	return ok;
}

void co_tls_try_free(struct co_tls_try *t)
{
	for (size_t i = 0; i < t->n_messages; i++)
		ev_buffer_free(&t->message[i]);
	*t = (struct co_tls_try){ .n_messages = 0 };
}
