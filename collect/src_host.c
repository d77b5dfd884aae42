/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session: what this machine says of itself in public, a fresh seed, and
 * the verifier's challenge, in one document whose digest binds all that is
 * collected after it (ecart-archive(5), BINDING).
 */
#include "collect/src.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json_write.h"

#include <stdio.h>
#include <sys/random.h>
#include <sys/utsname.h>

/* Facts are a line or a few each; a longer file is cut by being left out. */
static const size_t FACT_MAX = 4096;

/* What is read for a fact, below the root. */
static const struct {
	const char *name, *path;
	bool private; /* left out of --minimal */
} facts[] = {
	{ "bios-vendor", "sys/class/dmi/id/bios_vendor", false },
	{ "chassis-asset-tag", "sys/class/dmi/id/chassis_asset_tag", false },
	{ "cmdline", "proc/cmdline", true },
	{ "os-release", "etc/os-release", false },
	{ "product-name", "sys/class/dmi/id/product_name", false },
	{ "sys-vendor", "sys/class/dmi/id/sys_vendor", false },
};

static void write_fact(struct ev_writer *w, const struct co_collection *c,
		       const char *name, const char *path)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	char why[CO_WHY_TEXT];
	struct ev_span line;

	if (co_root_read(&c->root, path, FACT_MAX, &text, why, sizeof(why)) !=
	    CO_READ_OK)
		return;
	line = ev_buffer_span(&text);
	while (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	ev_write_foreign(w, name, line);
}

/* The kernel is this one's, whatever the root. */
static void write_kernel(struct ev_writer *w)
{
	struct utsname u;

	if (uname(&u) != 0)
		return;
	ev_write_object(w, "kernel");
	ev_write_foreign(w, "machine", ev_span_str(u.machine));
	ev_write_foreign(w, "release", ev_span_str(u.release));
	ev_write_foreign(w, "version", ev_span_str(u.version));
	ev_write_end(w);
}

static void write_session(struct ev_writer *w, const struct co_collection *c,
			  const uint8_t seed[EV_SESSION_SEED_SIZE])
{
	ev_write_object(w, NULL);
	ev_write_int(w, "v", 1);
	ev_write_hex(w, "challenge", c->options.challenge);
	ev_write_hex(w, "seed", ev_span_of(seed, EV_SESSION_SEED_SIZE));
	ev_write_time(w, "started", c->started);
	ev_write_object(w, "host");
	ev_write_str(w, "detected", co_machine_word(c->machine.kind));
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (!facts[i].private || !c->options.minimal)
			write_fact(w, c, facts[i].name, facts[i].path);
	}
	if (c->tpm.there)
		ev_write_foreign(w, "tpm2-tools", ev_span_str(c->tpm.version));
	write_kernel(w);
	ev_write_end(w);
	ev_write_end(w);
}

enum co_wanted co_wanted_host(const struct co_collection *c)
{
	(void)c;
	return CO_REQUIRED;
}

enum co_outcome co_collect_host(struct co_collection *c, char why[CO_WHY_TEXT])
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_free char *text = NULL;
	uint8_t seed[EV_SESSION_SEED_SIZE];
	struct co_item item = { .kind = "ecart-session" };
	size_t n;

	if (getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return co_failed(why, "no random numbers from the kernel");
	if (w == NULL)
		return co_failed(why, "out of memory");
	write_session(w, c, seed);
	text = ev_writer_finish(w, &n);
	if (text == NULL)
		return co_failed(why, "out of memory");
	ev_buffer_add(&c->session, ev_span_of(text, n));
	item.bytes = ev_buffer_span(&c->session);
	if (!ev_buffer_ok(&c->session) ||
	    !ev_session_root(c->crypto, item.bytes, c->session_root))
		return co_failed(why, "libcrypto or memory");
	if (!co_collected(c, &item, &c->session_item, why))
		return CO_FAILED;
	c->has_session = !c->options.read_only;
	co_detail(c, "%s",
		  c->options.challenge.n > 0
			  ? "answers the nonce that was given"
			  : "self-made nonce (use --nonce)");
	return CO_OK;
}
