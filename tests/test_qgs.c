/* SPDX-License-Identifier: Apache-2.0 */
/* The host's quote service: a stand-in on a unix socket that answers well,
 * and badly in each way. */
#include "collect/qgs.h"

#include "collect/stop.h"
#include "evidence/td_report.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REQUEST 1052 /* frame and message */
static char path[] = "/tmp/ecart-test-qgs-XXXXXX";
static uint8_t report[EV_TDREPORT_SIZE];

/* What the stand-in sends back; it then closes, or waits. */
struct answer {
	uint8_t bytes[256];
	size_t n;
	bool wait;
	bool silent; /* reads nothing, says nothing */
};

static void put32le(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* A good answer: the quote is "quote!". */
static struct answer good(void)
{
	struct answer a = { .n = 4 + 24 + 6 };
	uint8_t *m = a.bytes + 4;

	a.bytes[3] = 24 + 6;
	m[0] = 1;
	m[2] = 1;
	put32le(m + 4, 1);
	put32le(m + 8, 24 + 6);
	put32le(m + 20, 6);
	memcpy(m + 24, "quote!", 6);
	return a;
}

static void serve(int listener, const struct answer *a)
{
	uint8_t request[REQUEST];
	size_t n = 0;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(20);
	fd = accept(listener, NULL, NULL);
	while (fd >= 0 && !a->silent && n < sizeof(request)) {
		ssize_t got = read(fd, request + n, sizeof(request) - n);

		if (got <= 0)
			_exit(1);
		n += (size_t)got;
	}
	/* The frame is big-endian, what is in it little-endian. */
	if (!a->silent &&
	    (memcmp(request, "\0\0\x04\x18", 4) != 0 ||
	     memcmp(request + 4, "\1\0\1\0\0\0\0\0\x18\x04\0\0\0\0\0\0", 16) !=
		     0 ||
	     memcmp(request + 20, "\0\x04\0\0\0\0\0\0", 8) != 0 ||
	     memcmp(request + 28, report, sizeof(report)) != 0))
		_exit(2);
	if (a->n > 0 && write(fd, a->bytes, a->n) != (ssize_t)a->n)
		_exit(3);
	if (a->wait || a->silent)
		pause();
	_exit(0);
}

static bool ask(const struct answer *a, unsigned int limit_ms,
		struct ev_buffer *quote, char why[CO_WHY_TEXT])
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char address[64];
	pid_t child;
	bool ok;

	unlink(path);
	memcpy(at.sun_path, path, sizeof(path));
	assert_int_equal(
		bind(listener, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	child = fork();
	if (child == 0)
		serve(listener, a);
	close(listener);
	snprintf(address, sizeof(address), "unix:%s", path);
	ok = co_qgs_ask(address, EV_SPAN(report), limit_ms, quote, why);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return ok;
}

static void a_quote_comes_out_of_its_frame(void **state)
{
	ev_auto_buffer struct ev_buffer quote = { 0 };
	struct answer a = good();
	char why[CO_WHY_TEXT] = "";

	(void)state;
	assert_true(ask(&a, 5000, &quote, why));
	assert_true(
		ev_span_eq(ev_buffer_span(&quote), EV_SPAN_LITERAL("quote!")));
}

static void refuses(struct answer a, const char *word)
{
	ev_auto_buffer struct ev_buffer quote = { 0 };
	char why[CO_WHY_TEXT] = "";

	assert_false(ask(&a, 400, &quote, why));
	if (strstr(why, word) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", word, why);
	assert_int_equal(quote.n, 0);
}

static void bad_answers_are_refused_with_their_reason(void **state)
{
	struct answer a;

	(void)state;
	a = good();
	memmove(a.bytes, a.bytes + 4, a.n - 4); /* no frame */
	a.n -= 4;
	refuses(a, "not framed");
	a = good();
	a.bytes[0] = 0x7f; /* 2 GiB */
	refuses(a, "not framed, or larger");
	a = good();
	put32le(a.bytes + 4 + 20, 1000); /* quote_size past the end */
	refuses(a, "quote");
	a = good();
	put32le(a.bytes + 4 + 16, UINT32_MAX); /* selected_id_size */
	refuses(a, "selected_id");
	a = good();
	put32le(a.bytes + 4 + 20, 5); /* a byte is left over */
	refuses(a, "qgs.reply");
	a = good();
	a.bytes[4] = 2; /* major version */
	refuses(a, "version");
	a = good();
	a.bytes[8] = 3; /* another message */
	refuses(a, "type");
	a = good();
	put32le(a.bytes + 4 + 8, 31); /* size of another message */
	refuses(a, "size");
	a = good();
	put32le(a.bytes + 4 + 12, 0x12001); /* error */
	refuses(a, "0x00012001");
}

static void an_answer_that_stops_is_not_waited_for(void **state)
{
	struct answer a = good();

	(void)state;
	a.n -= 3;
	refuses(a, "closed before");
	a.wait = true;
	refuses(a, "no answer in time");
	a = (struct answer){ .silent = true };
	refuses(a, "no answer in time");
}

static void addresses_that_lead_nowhere_are_said(void **state)
{
	ev_auto_buffer struct ev_buffer quote = { 0 };
	char why[CO_WHY_TEXT] = "", long_path[300];

	(void)state;
	assert_false(co_qgs_ask("unix:/nonexistent/qgs", EV_SPAN(report), 100,
				&quote, why));
	assert_non_null(strstr(why, "No such file"));
	assert_false(co_qgs_ask("tcp:1", EV_SPAN(report), 100, &quote, why));
	assert_non_null(strstr(why, "vsock:PORT or unix:PATH"));
	assert_false(co_qgs_ask("vsock:x", EV_SPAN(report), 100, &quote, why));
	assert_non_null(strstr(why, "vsock:PORT"));
	memset(long_path, 'a', sizeof(long_path) - 1);
	memcpy(long_path, "unix:", 5);
	long_path[sizeof(long_path) - 1] = 0;
	assert_false(co_qgs_ask(long_path, EV_SPAN(report), 100, &quote, why));
	assert_non_null(strstr(why, "too long"));
}

static int begin(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || !co_stop_install())
		return -1;
	close(fd);
	for (size_t i = 0; i < sizeof(report); i++)
		report[i] = (uint8_t)i;
	return 0;
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quote_comes_out_of_its_frame),
		cmocka_unit_test(bad_answers_are_refused_with_their_reason),
		cmocka_unit_test(an_answer_that_stops_is_not_waited_for),
		cmocka_unit_test(addresses_that_lead_nowhere_are_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
