/* SPDX-License-Identifier: Apache-2.0 */
/* Which copy of a chip's certificate an SEV-SNP report is held against, and
 * what the choice costs. */
#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"
#include "tests/link_scene.h"

/* Of a bundle, and bundles. */
#define COPIES_MAX  8
#define BUNDLES_MAX 5

static void add_pem(struct ev_buffer *out, struct ev_span der)
{
	char text[4 * 2048];

	assert_true(der.n < 2048);
	ev_base64_encode(der, text);
	ev_buffer_add_str(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0, n = strlen(text); i < n; i += 64) {
		ev_buffer_add(out,
			      ev_span_of(text + i, n - i < 64 ? n - i : 64));
		ev_buffer_add_str(out, "\n");
	}
	ev_buffer_add_str(out, "-----END CERTIFICATE-----\n");
}

/* A copy whose own signature is wrong, each nth in another way. */
static void add_spoiled(struct ev_buffer *out, struct ev_span der, size_t nth)
{
	uint8_t bytes[2048];

	assert_true(der.n <= sizeof(bytes));
	memcpy(bytes, der.p, der.n);
	bytes[der.n - 1 - nth] ^= 1;
	add_pem(out, ev_span_of(bytes, der.n));
}

/* The chip's certificate of the scene, and the ASK's. */
static struct ev_span cert_of(const struct scene *s, bool ca)
{
	for (size_t i = 0; i < 2; i++) {
		struct ev_span der = replay_item(&s->r, "cert-der", i);
		struct ev_error err = { 0 };
		struct ev_vcek v;

		if ((ev_vcek_parse(der, 0, &v, &err) != EV_OK) == ca)
			return der;
	}
	fail();
	return (struct ev_span){ NULL, 0 };
}

/* A case, and the bundles of certificates that it borrows. */
struct copies {
	struct ev_buffer bundle[BUNDLES_MAX];
	struct scene *s;
};

/* n_reports of one chip; bundles of spoiled copies, the last one with the
 * certificate behind them. */
static struct copies copies(size_t n_copies, size_t n_reports, bool ask)
{
	static const char *const names[] = {
		"a", "b", "c", "d", "e", "f", "g",
		"h", "i", "j", "k", "l", "m", "n"
	};
	struct copies c = { .s = scene("pass-snp-turin") };
	size_t n_bundles = n_copies / COPIES_MAX + 1, n = 0;

	assert_true(n_bundles <= BUNDLES_MAX);
	for (size_t i = 0; i < n_copies; i++)
		add_spoiled(&c.bundle[i / COPIES_MAX], cert_of(c.s, false), i);
	add_pem(&c.bundle[n_bundles - 1], cert_of(c.s, false));
	for (size_t i = 0; i < n_bundles; i++)
		add(c.s, names[n++], "cert-pem", ev_buffer_span(&c.bundle[i]),
		    NULL, NULL);
	if (ask)
		add(c.s, names[n++], "cert-der", cert_of(c.s, true), NULL,
		    NULL);
	for (size_t i = 0; i < n_reports; i++)
		add(c.s, names[n++], "snp-report",
		    replay_item(&c.s->r, "snp-report", 0), NULL, NULL);
	build(c.s, REPLAY_AS_OF);
	return c;
}

static void end_copies(struct copies *c)
{
	end(c->s);
	for (size_t i = 0; i < BUNDLES_MAX; i++)
		ev_buffer_free(&c->bundle[i]);
}

static void every_report_has_the_copy_that_amd_made(void **state)
{
	struct copies c = copies(20, 8, true);
	const struct rp_subject *r = NULL;
	size_t n = 0;

	(void)state;
	while ((r = rp_next_subject(&c.s->c, RP_SNP, r)) != NULL) {
		assert_ptr_equal(r->snp->vcek,
				 c.s->c.certs[c.s->c.n_certs - 1]);
		n++;
	}
	assert_int_equal(n, 8);
	end_copies(&c);
}

static uint64_t asked(size_t n_copies, size_t n_reports, bool ask)
{
	struct copies c = copies(n_copies, n_reports, ask);
	uint64_t n = c.s->c.vcek_asks;

	assert_int_equal(c.s->c.n_certs, n_copies + (ask ? 2 : 1));
	end_copies(&c);
	return n;
}

static void copies_are_asked_once_each_for_all_reports(void **state)
{
	uint64_t one = asked(8, 1, true);

	(void)state;
	assert_int_equal(asked(0, 1, true), 0); /* nothing to choose from */
	assert_int_equal(asked(0, 8, true), 0);
	/* Another copy costs its issuer's key and the anchor's; another
	 * report one question, whether the chosen one's key signed it. */
	assert_int_equal(asked(16, 1, true), one + UINT64_C(2) * 8);
	assert_int_equal(asked(32, 1, true), one + UINT64_C(2) * 24);
	assert_int_equal(asked(32, 8, true), one + UINT64_C(2) * 24 + 7);
}

static void without_an_issuer_the_key_decides(void **state)
{
	(void)state;
	/* All have the key; the first is as good as another. */
	assert_int_equal(asked(32, 8, false) - asked(16, 8, false), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_report_has_the_copy_that_amd_made),
		cmocka_unit_test(copies_are_asked_once_each_for_all_reports),
		cmocka_unit_test(without_an_issuer_the_key_decides),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
