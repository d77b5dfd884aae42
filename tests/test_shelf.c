/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of replay/shelf. */
#include "replay/shelf.h"

#include "tests/replay_case.h"

#include <dirent.h>

#define CHAIN "dcap-issuer-chain"

static struct replay_case *pass_case(void **state)
{
	return *state;
}

static void what_is_there_is_found_by_all_its_bytes(void **state)
{
	struct ev_span bytes = replay_item(pass_case(state), "dcap-tcbinfo", 0);
	struct rp_shelf *shelf = rp_shelf_new(pass_case(state)->crypto);
	ev_auto_free uint8_t *copy = malloc(bytes.n);
	struct rp_shelved *a, *b, *c;

	assert_non_null(shelf);
	assert_non_null(copy);
	memcpy(copy, bytes.p, bytes.n);
	a = rp_shelf_take(shelf, RP_SHELF_TCB_INFO, bytes);
	b = rp_shelf_take(shelf, RP_SHELF_TCB_INFO, ev_span_of(copy, bytes.n));
	assert_non_null(a);
	assert_ptr_equal(a, b);
	assert_true(ev_span_eq(a->bytes, bytes));
	assert_ptr_not_equal(a->bytes.p, bytes.p);
	assert_int_equal(a->tcb_info.eval_number, 19);
	/* A digit of the signature, which stands at the end. */
	copy[bytes.n - 4] = copy[bytes.n - 4] == '0' ? '1' : '0';
	c = rp_shelf_take(shelf, RP_SHELF_TCB_INFO, ev_span_of(copy, bytes.n));
	assert_non_null(c);
	assert_ptr_not_equal(a, c);
	assert_memory_not_equal(a->tcb_info.signature, c->tcb_info.signature,
				64);
	assert_int_equal(rp_shelf_counted(shelf, RP_SHELF_TCB_INFO).asked, 3);
	assert_int_equal(rp_shelf_counted(shelf, RP_SHELF_TCB_INFO).found, 1);
	rp_shelf_give_back(a);
	rp_shelf_give_back(b);
	rp_shelf_give_back(c);
	rp_shelf_free(shelf);
}

static void a_chain_is_kept_with_what_its_leaf_says(void **state)
{
	struct ev_span bytes = replay_item(pass_case(state), "tdx-quote", 0);
	struct rp_shelf *shelf = rp_shelf_new(pass_case(state)->crypto);
	struct ev_error err = { 0 };
	struct rp_shelved *s;
	struct ev_quote q;
	struct ev_pck pck = { .pcesvn = 0 };

	assert_non_null(shelf);
	assert_int_equal(ev_quote_parse(bytes, &q, &err), EV_OK);
	s = rp_shelf_take(shelf, RP_SHELF_CHAIN, q.cert_data);
	assert_non_null(s);
	assert_int_equal(
		ev_pck_parse(s->chain.cert[0].sgx_extension, &pck, &err),
		EV_OK);
	assert_int_equal(s->pck_code, EV_OK);
	assert_memory_equal(s->pck.ppid, pck.ppid, sizeof(pck.ppid));
	assert_memory_equal(s->pck.fmspc, pck.fmspc, sizeof(pck.fmspc));
	assert_int_equal(s->pck.pcesvn, pck.pcesvn);
	rp_shelf_give_back(s);
	/* That of a TCB signing certificate says nothing of a platform. */
	s = rp_shelf_take(shelf, RP_SHELF_CHAIN,
			  replay_item(pass_case(state), CHAIN, 0));
	assert_non_null(s);
	assert_int_not_equal(s->pck_code, EV_OK);
	assert_int_equal(s->pck_err.code, s->pck_code);
	rp_shelf_give_back(s);
	rp_shelf_free(shelf);
}

static void only_what_parses_as_that_is_kept(void **state)
{
	struct ev_span info = replay_item(pass_case(state), "dcap-tcbinfo", 0);
	struct ev_span chain = replay_item(pass_case(state), CHAIN, 0);
	struct rp_shelf *shelf = rp_shelf_new(pass_case(state)->crypto);

	assert_non_null(shelf);
	assert_null(rp_shelf_take(shelf, RP_SHELF_CRL, info));
	assert_null(rp_shelf_take(shelf, RP_SHELF_QE_IDENTITY, info));
	assert_null(rp_shelf_take(shelf, RP_SHELF_TCB_INFO, chain));
	assert_null(rp_shelf_take(shelf, RP_SHELF_NONE, chain));
	assert_null(
		rp_shelf_take(shelf, RP_SHELF_CHAIN, (struct ev_span){ 0 }));
	assert_null(rp_shelf_take(NULL, RP_SHELF_CHAIN, chain));
	for (size_t n = 0; n < chain.n - 1; n++)
		assert_null(rp_shelf_take(shelf, RP_SHELF_CHAIN,
					  ev_span_sub(chain, 0, n)));
	rp_shelf_free(shelf);
}

/* The chain with n line ends behind it: another piece for each n. */
static struct ev_span padded(struct ev_span chain, size_t n, uint8_t *out)
{
	memcpy(out, chain.p, chain.n);
	memset(out + chain.n, '\n', n);
	return ev_span_of(out, chain.n + n);
}

static void what_is_in_use_stays_and_the_rest_gives_way(void **state)
{
	enum { PIECES = 1500 };
	struct ev_span chain = replay_item(pass_case(state), CHAIN, 0);
	struct rp_shelf *shelf = rp_shelf_new(pass_case(state)->crypto);
	ev_auto_free uint8_t *room = malloc(chain.n + PIECES);
	struct rp_shelved *held, *again;
	size_t n_kept = 0;

	assert_non_null(shelf);
	assert_non_null(room);
	held = rp_shelf_take(shelf, RP_SHELF_CHAIN, chain);
	assert_non_null(held);
	/* Far more text than is kept: it is cleared again and again. */
	for (size_t n = 1; n < PIECES; n++) {
		struct rp_shelved *one = rp_shelf_take(shelf, RP_SHELF_CHAIN,
						       padded(chain, n, room));

		n_kept += one != NULL;
		rp_shelf_give_back(one);
	}
	assert_int_equal(n_kept, PIECES - 1);
	again = rp_shelf_take(shelf, RP_SHELF_CHAIN, chain);
	assert_ptr_equal(held, again);
	assert_true(ev_span_eq(held->bytes, chain));
	rp_shelf_give_back(held);
	rp_shelf_give_back(again);
	rp_shelf_free(shelf);
}

/* A set of ways whose pieces are all in use takes no other. */
static void a_full_place_is_no_place(void **state)
{
	enum { PIECES = 1400 };
	static struct rp_shelved *held[PIECES];
	struct ev_span chain = replay_item(pass_case(state), CHAIN, 0);
	struct rp_shelf *shelf = rp_shelf_new(pass_case(state)->crypto);
	ev_auto_free uint8_t *room = malloc(chain.n + PIECES);
	size_t n_held = 0;

	assert_non_null(shelf);
	assert_non_null(room);
	for (size_t n = 0; n < PIECES; n++) {
		held[n] = rp_shelf_take(shelf, RP_SHELF_CHAIN,
					padded(chain, n, room));
		n_held += held[n] != NULL;
	}
	assert_true(n_held > 256 && n_held <= 1024);
	for (size_t n = 0; n < PIECES; n++)
		rp_shelf_give_back(held[n]);
	rp_shelf_free(shelf);
}

/* Text that could become much memory is counted as that. */
static void no_more_is_kept_than_weighs_enough(void **state)
{
	enum { SIZE = 64 * 1024, PIECES = 20 };
	struct ev_span info = replay_item(pass_case(state), "dcap-tcbinfo", 0);
	struct rp_shelf *shelf = rp_shelf_new(pass_case(state)->crypto);
	ev_auto_free uint8_t *room = malloc(SIZE + 1);
	struct rp_shelved *held[PIECES];
	size_t n_held = 0;

	assert_non_null(shelf);
	assert_non_null(room);
	memcpy(room, info.p, info.n);
	memset(room + info.n, '\n', SIZE + 1 - info.n);
	assert_null(rp_shelf_take(shelf, RP_SHELF_TCB_INFO,
				  ev_span_of(room, SIZE + 1)));
	for (size_t i = 0; i < PIECES; i++) {
		held[i] = rp_shelf_take(shelf, RP_SHELF_TCB_INFO,
					ev_span_of(room, SIZE - i));
		n_held += held[i] != NULL;
	}
	assert_int_equal(n_held, 16); /* of 31 times 64 KiB, below 32 MiB */
	for (size_t i = 0; i < PIECES; i++)
		rp_shelf_give_back(held[i]);
	held[0] = rp_shelf_take(shelf, RP_SHELF_TCB_INFO,
				ev_span_of(room, SIZE - PIECES));
	assert_non_null(held[0]);
	rp_shelf_give_back(held[0]);
	rp_shelf_free(shelf);
}

/* --- reports --- */

static char *report_of(struct replay_case *r, struct ev_span file,
		       struct rp_shelf *shelf, size_t *n)
{
	struct rp_request request = replay_request(r);
	struct rp_result result = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive archive;

	if (ev_archive_open(r->crypto, file, EV_ARCHIVE_MAX, &archive, &err) !=
	    EV_OK)
		return NULL;
	request.archive = &archive;
	request.shelf = shelf;
	assert_int_equal(rp_replay(r->crypto, &request, &result, &err), RP_OK);
	ev_archive_free(&archive);
	*n = result.n;
	return result.report;
}

static int folders(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* False: the file is no archive. */
static bool has_the_same_report(struct replay_case *r, const char *name,
				struct rp_shelf *shelf)
{
	ev_auto_free char *file = NULL, *alone = NULL, *kept = NULL;
	size_t n_file, n_alone = 0, n_kept = 0;
	char path[400];

	snprintf(path, sizeof(path), "testdata/replay/%s/archive.tar", name);
	file = replay_read(path, &n_file);
	alone = report_of(r, ev_span_of(file, n_file), NULL, &n_alone);
	kept = report_of(r, ev_span_of(file, n_file), shelf, &n_kept);
	if (!ev_span_eq(ev_span_of(alone, n_alone), ev_span_of(kept, n_kept)))
		fail_msg("%s: another report", name);
	return alone != NULL;
}

/* Each forged case beside all others: good collateral of one, and what a
 * forger made of it in the next. */
static void no_report_depends_on_what_was_kept(void **state)
{
	struct rp_shelf *shelf;
	const char *root = getenv("ECART_SOURCE_ROOT");
	struct dirent **names;
	char folder[400];
	struct replay_case r;
	size_t n_equal = 0;
	int n;

	(void)state;
	replay_open(&r, NULL);
	shelf = rp_shelf_new(r.crypto);
	assert_non_null(shelf);
	snprintf(folder, sizeof(folder), "%s/testdata/replay",
		 root != NULL ? root : ".");
	n = scandir(folder, &names, folders, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < 2 * n; i++)
		n_equal += has_the_same_report(&r, names[i % n]->d_name, shelf);
	assert_true(n_equal > 400);
	assert_true(rp_shelf_counted(shelf, RP_SHELF_TCB_INFO).found > 300);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	rp_shelf_free(shelf);
	replay_close(&r);
}

static int set_up(void **state)
{
	static struct replay_case pass;

	replay_open(&pass, "pass");
	*state = &pass;
	return 0;
}

static int tear_down(void **state)
{
	replay_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_found_by_all_its_bytes),
		cmocka_unit_test(a_chain_is_kept_with_what_its_leaf_says),
		cmocka_unit_test(only_what_parses_as_that_is_kept),
		cmocka_unit_test(what_is_in_use_stays_and_the_rest_gives_way),
		cmocka_unit_test(a_full_place_is_no_place),
		cmocka_unit_test(no_more_is_kept_than_weighs_enough),
		cmocka_unit_test(no_report_depends_on_what_was_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
