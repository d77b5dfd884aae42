/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http, against a server with faults. */
#include "collect/http.h"

#include "tests/faulty_https.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

/* Stands for a key; must be seen by the service alone. */
static const char canary[] = "canary-0123456789";

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void assert_said(const char *words)
{
	if (!buffer_has(&faulty.said, words))
		fail_msg("\"%s\" is not in \"%.*s\"", words, (int)faulty.said.n,
			 (const char *)faulty.said.p);
}

static void set_proxy(const char *user, const char *port)
{
	char url[400];

	snprintf(url, sizeof(url), "http://%s127.0.0.1:%s/", user, port);
	assert_int_equal(setenv("https_proxy", url, 1), 0);
}

/* A port of loopback where nothing listens. */
static const char *closed_port(void)
{
	static char text[8];
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(s, (const struct sockaddr *)&a, size), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&a, &size), 0);
	close(s);
	snprintf(text, sizeof(text), "%u", ntohs(a.sin_port));
	return text;
}

static void authority_must_be_known(void **state)
{
	struct co_http *own = faulty.http;
	char empty[] = "/tmp/ecart-test-http-XXXXXX";
	int fd = mkstemp(empty);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_null(faulty_client("/nonexistent/ca.pem"));
	assert_non_null(strstr(faulty.why, "/nonexistent/ca.pem: No such"));
	faulty.http = faulty_client(NULL);
	assert_false(faulty_get("/good"));
	assert_why("by an authority that is not trusted here");
	assert_int_equal(faulty.reply.tried, 1);
	co_http_free(faulty.http);
	faulty.http = faulty_client(empty);
	assert_false(faulty_get("/good"));
	assert_why("certificates of the authorities cannot be read");
	co_http_free(faulty.http);
	faulty.http = own;
	assert_int_equal(unlink(empty), 0);
}

static void address_is_said_before_it_is_asked(void **state)
{
	char want[700];

	(void)state;
	assert_true(faulty_get("/good?a=b"));
	snprintf(want, sizeof(want), "GET %s\n", faulty.url);
	assert_text(&faulty.said, want);
	assert_true(faulty_ask(
		"https", "/good",
		(struct co_http_request){ .content_type = "text/plain" }));
	snprintf(want, sizeof(want), "POST %s\n", faulty.url);
	assert_text(&faulty.said, want);
}

static void other_addresses_are_not_asked(void **state)
{
	static const struct {
		const char *url, *words;
		bool imds;
	} rows[] = {
		{ "http://127.0.0.1:1/", "only https is asked", false },
		{ "https://127.0.0.1:1/", "https is not spoken there", true },
		{ "https://canary:canary@127.0.0.1:1/", "user name", false },
		{ "file:///etc/passwd?canary", "begin with https://", false },
		{ "https://127.0.0.1:1/canary canary", "character", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(faulty_ask(
			"https", "",
			(struct co_http_request){ .url = rows[i].url,
						  .imds = rows[i].imds }));
		assert_non_null(strstr(faulty.why, rows[i].words));
		assert_null(strstr(faulty.why, "canary"));
		assert_int_equal(faulty.said.n, 0);
		assert_int_equal(faulty.reply.tried, 0);
	}
}

static void header_that_holds_another_line_is_not_sent(void **state)
{
	static const char *const two[] = { "X: y\r\nZ: z", NULL };
	static const char *const none[] = { "no field", NULL };

	(void)state;
	assert_false(faulty_ask("https", "/good",
				(struct co_http_request){ .headers = two }));
	assert_why("no single line");
	assert_false(faulty_ask("https", "/good",
				(struct co_http_request){ .headers = none }));
	assert_why("no single line");
	assert_false(faulty_ask(
		"https", "/good",
		(struct co_http_request){ .secret = "x-api-key: canary\n" }));
	assert_why("the key or token is no single line");
	assert_null(strstr(faulty.why, "canary"));
}

static void busy_service_is_asked_again_when_it_says(void **state)
{
	struct co_http_request request = { .tries = 2 };
	int64_t from = now_ms();

	(void)state;
	assert_false(faulty_ask("https", "/busy", request));
	assert_true(now_ms() - from >= 2000);
	assert_true(now_ms() - from < 4000);
	assert_int_equal(faulty.reply.tried, 2);
	assert_int_equal(faulty.reply.status, 429);
	assert_why("(2 tries): answered 429: \"{}\" (too many questions; try "
		   "again later)");
	assert_said("/busy again in 2");
	assert_said(" ms, try 2 of 2: 127.0.0.1:");
}

static void passing_fault_is_survived(void **state)
{
	struct co_http_request request = { .tries = 4 };
	int64_t from = now_ms();

	(void)state;
	assert_true(faulty_ask("https", "/twice", request));
	assert_true(now_ms() - from >= 3000);
	assert_int_equal(faulty.reply.tried, 3);
	assert_int_equal(faulty.reply.status, 200);
	assert_text(&faulty.reply.body, "{\"third\":true}");
	assert_false(buffer_has(&faulty.reply.headers, "500"));
	assert_string_equal(faulty.why, "");
}

static void refusal_is_not_asked_again(void **state)
{
	static const char *const paths[] = { "/absent",	 "/moved",
					     "/html",	 "/html-as-json",
					     "/untyped", "/encoded",
					     "/empty",	 "/large" };
	struct co_http_request request = { .tries = 4,
					   .accept = "application/json" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_false(faulty_ask("https", paths[i], request));
		assert_int_equal(faulty.reply.tried, 1);
	}
}

static void lost_connection_is_tried_again(void **state)
{
	char url[64];

	(void)state;
	assert_false(faulty_ask("https", "/cut",
				(struct co_http_request){ .tries = 2 }));
	assert_int_equal(faulty.reply.tried, 2);
	snprintf(url, sizeof(url), "https://127.0.0.1:%s/", closed_port());
	assert_false(
		faulty_ask("https", "",
			   (struct co_http_request){ .url = url, .tries = 2 }));
	assert_int_equal(faulty.reply.tried, 2);
	assert_int_equal(faulty.reply.status, 0);
	assert_why("(2 tries): connection refused (is the service running?)");
}

static void foreign_text_is_shown_escaped_and_cut(void **state)
{
	(void)state;
	assert_false(faulty_get("/absent"));
	assert_why(
		"answered 404: \"{\"error\":\"no \\x1b[31m such\\x0a thing\"}"
		"\" (no such thing there; check the address)");
	assert_false(faulty_ask(
		"https", "/text",
		(struct co_http_request){ .accept = "application/json" }));
	assert_why("something of type \"text/plain\", not application/json: "
		   "\"\\xff\\x00 plain+");
	assert_true(strlen(faulty.why) < 250);
}

static void secret_reaches_the_service_and_nothing_else(void **state)
{
	struct co_http_request request = {
		.secret = "x-api-key: canary-0123456789"
	};
	static const char *const paths[] = { "/echo", "/echo-refused" };

	(void)state;
	assert_true(faulty_ask("https", "/good", request));
	assert_false(buffer_has(&faulty.said, canary));
	assert_true(faulty_get("/last"));
	assert_true(buffer_has(&faulty.reply.body,
			       "x-api-key: canary-0123456789\n"));
	for (size_t i = 0; i < 2; i++) {
		assert_false(faulty_ask("https", paths[i], request));
		assert_why("repeats the key or token");
		assert_null(strstr(faulty.why, canary));
		assert_int_equal(faulty.reply.headers.n, 0);
		assert_int_equal(faulty.reply.body.n, 0);
		assert_false(buffer_has(&faulty.said, canary));
	}
}

static void proxy_carries_and_learns_nothing(void **state)
{
	static const char *const own[] = { "X-Own: 1", NULL };
	struct co_http_request request = {
		.headers = own, .secret = "x-api-key: canary-0123456789"
	};
	char want[400];

	(void)state;
	set_proxy("me:canary-of-proxy@", faulty_told("proxy"));
	assert_true(faulty_ask("https", "/good", request));
	snprintf(want, sizeof(want),
		 "/good through the proxy http://127.0.0.1:%s\n",
		 faulty_told("proxy"));
	assert_said(want);
	assert_false(buffer_has(&faulty.said, "canary"));
	assert_memory_equal(faulty.reply.headers.p, "HTTP/1.1 200 OK\r\n", 17);
	assert_false(buffer_has(&faulty.reply.headers, "X-Proxy"));
	assert_int_equal(unsetenv("https_proxy"), 0);
	assert_true(faulty_get("/proxy-seen"));
	snprintf(want, sizeof(want), "CONNECT 127.0.0.1:%s HTTP/1.1\n",
		 faulty_told("https"));
	assert_true(buffer_has(&faulty.reply.body, want));
	assert_false(buffer_has(&faulty.reply.body, canary));
	assert_false(buffer_has(&faulty.reply.body, "X-Own"));
}

static void proxy_that_refuses_is_named(void **state)
{
	struct co_http_request request = { 0 };

	(void)state;
	set_proxy("me:canary@", faulty_told("refusing-proxy"));
	assert_false(faulty_ask("https", "/good", request));
	assert_why("the proxy answered 407 (see https_proxy)");
	assert_int_equal(faulty.reply.status, 0);
	assert_int_equal(faulty.reply.headers.n, 0);
	assert_int_equal(setenv("no_proxy", "127.0.0.0/8", 1), 0);
	assert_true(faulty_ask("https", "/good", request));
	assert_false(buffer_has(&faulty.said, "proxy"));
	assert_int_equal(unsetenv("no_proxy"), 0);
	assert_int_equal(unsetenv("https_proxy"), 0);
}

static void metadata_service_is_asked_plainly_and_slowly(void **state)
{
	static const char *const own[] = { "Metadata: true", NULL };
	struct co_http_request request = { .headers = own,
					   .imds = true,
					   .tries = 2 };
	int64_t from;

	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
	assert_true(faulty_ask("http", "/echo", request));
	from = now_ms();
	assert_true(buffer_has(&faulty.reply.body, "Metadata: true\n"));
	assert_false(buffer_has(&faulty.said, "proxy"));
	assert_true(faulty_ask("http", "/echo", request));
	assert_true(now_ms() - from >= 950);
	assert_true(faulty_ask("http", "/gone-once", request));
	assert_int_equal(faulty.reply.tried, 2);
	assert_int_equal(unsetenv("http_proxy"), 0);
	assert_int_equal(unsetenv("all_proxy"), 0);
}

/* A child that asks and is then asked to stop; its words come back. */
static void ask_and_be_stopped(const char *path, unsigned int tries,
			       char why[CO_HTTP_WHY_MAX])
{
	int out[2], status;
	int64_t from;
	pid_t child;
	ssize_t n;

	assert_int_equal(pipe(out), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		faulty.http = faulty_client(faulty_told("ca"));
		faulty_ask("https", path,
			   (struct co_http_request){ .limit_ms = 30000,
						     .tries = tries });
		if (write(out[1], faulty.why, sizeof(faulty.why)) < 0)
			_exit(1);
		_exit(0);
	}
	close(out[1]);
	usleep(700 * 1000);
	from = now_ms();
	assert_int_equal(kill(child, SIGTERM), 0);
	n = read(out[0], why, CO_HTTP_WHY_MAX);
	assert_int_equal(n, CO_HTTP_WHY_MAX);
	assert_true(now_ms() - from < 500);
	close(out[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void signal_ends_a_question_and_a_wait_at_once(void **state)
{
	char why[CO_HTTP_WHY_MAX];

	(void)state;
	ask_and_be_stopped("/never", 1, why);
	assert_non_null(strstr(why, "stopped by SIGTERM (run it again)"));
	ask_and_be_stopped("/busy", 3, why);
	assert_non_null(strstr(why, "stopped by a signal (run it again)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(authority_must_be_known),
		cmocka_unit_test(address_is_said_before_it_is_asked),
		cmocka_unit_test(other_addresses_are_not_asked),
		cmocka_unit_test(header_that_holds_another_line_is_not_sent),
		cmocka_unit_test(busy_service_is_asked_again_when_it_says),
		cmocka_unit_test(passing_fault_is_survived),
		cmocka_unit_test(refusal_is_not_asked_again),
		cmocka_unit_test(lost_connection_is_tried_again),
		cmocka_unit_test(foreign_text_is_shown_escaped_and_cut),
		cmocka_unit_test(secret_reaches_the_service_and_nothing_else),
		cmocka_unit_test(proxy_carries_and_learns_nothing),
		cmocka_unit_test(proxy_that_refuses_is_named),
		cmocka_unit_test(metadata_service_is_asked_plainly_and_slowly),
		/* The last one: the signal's descriptor is the children's
		 * and ours. */
		cmocka_unit_test(signal_ends_a_question_and_a_wait_at_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, faulty_start, faulty_end);
}
