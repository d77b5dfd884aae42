/* SPDX-License-Identifier: Apache-2.0 */
/* Every check has a golden case in which it passes and one in which it
 * fails. */
#include "replay/engine.h"

#include "evidence/base/hex.h"

#include "tests/replay_case.h"

#include <dirent.h>
#include <unistd.h>

struct seen {
	bool pass[RP_CHECKS_MAX], fail[RP_CHECKS_MAX];
};

/* Checks that cannot fail: they pass or are skipped. */
static const char *const never_fail[] = { "time.proven" };
/* Checks that nothing answers, yet or ever: always skipped. */
static const char *const not_yet[] = { "archive.log-proof",
				       "place.endorsement" };

static bool is_in(const char *const *list, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

static bool note(const struct rp_case *c, void *user)
{
	struct seen *seen = user;

	for (size_t i = 0; i < c->n_findings; i++) {
		size_t row = (size_t)(c->findings[i].check - rp_checks);

		seen->pass[row] |= c->findings[i].outcome == RP_PASS;
		seen->fail[row] |= c->findings[i].outcome == RP_FAIL;
	}
	return true;
}

static bool has_file(const char *rel)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	char path[1000];

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", rel);
	return access(path, R_OK) == 0;
}

/* The challenge of a case that has one; the caller frees. */
static uint8_t *take_nonce(const char *name, struct rp_request *request)
{
	char rel[400], *text;
	uint8_t *bytes;
	size_t n;

	snprintf(rel, sizeof(rel), "testdata/replay/%s/nonce", name);
	if (!has_file(rel))
		return NULL;
	text = replay_read(rel, &n);
	bytes = malloc(n);
	assert_non_null(bytes);
	assert_true(ev_hex_decode(ev_span_of(text, n - 1), bytes, n / 2));
	free(text);
	request->has_nonce = true;
	request->nonce = ev_span_of(bytes, n / 2);
	return bytes;
}

static void replay_folder(const char *name, struct seen *seen)
{
	char rel[400];
	struct replay_case r;
	struct rp_request request;
	struct ev_error err = { 0 };
	size_t n;
	char *policy;
	uint8_t *nonce;

	replay_open(&r, name);
	snprintf(rel, sizeof(rel), "testdata/replay/%s/policy.json", name);
	if (has_file(rel)) {
		policy = replay_read(rel, &n);
		assert_int_equal(replay_policy(&r, policy, &err), EV_OK);
		free(policy);
	}
	request = replay_request(&r);
	nonce = take_nonce(name, &request);
	replay_visit(&r, &request, note, seen);
	free(nonce);
	replay_close(&r);
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void every_check_passes_once_and_fails_once(void **state)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	static struct seen seen;
	struct dirent **list = NULL;
	char path[1000];
	bool whole = true;
	int n;

	(void)state;
	snprintf(path, sizeof(path), "%s/testdata/replay",
		 root != NULL ? root : ".");
	n = scandir(path, &list, visible, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		replay_folder(list[i]->d_name, &seen);
		free(list[i]);
	}
	free(list);
	for (size_t i = 0; i < rp_n_checks; i++) {
		const char *id = rp_checks[i].id;

		if (is_in(not_yet, sizeof(not_yet) / sizeof(not_yet[0]), id) ||
		    (seen.pass[i] &&
		     (seen.fail[i] || is_in(never_fail, 1, id))))
			continue;
		print_message("# %s: no case in which it %s\n", id,
			      seen.pass[i] ? "fails" : "passes");
		whole = false;
	}
	assert_true(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_check_passes_once_and_fails_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
