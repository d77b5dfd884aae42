/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a collection, printed. */
#include "collect/cmd_collect_plan.h"

#include "collect/collateral.h"
#include "collect/imds.h"
#include "evidence/base/buffer.h"

static const char *will(enum co_wanted wanted)
{
	static const char *const words[] = {
		[CO_NOT_HERE] = "-",
		[CO_NOT_ASKED] = "no",
		[CO_IF_THERE] = "yes",
		[CO_REQUIRED] = "required",
	};

	return words[wanted];
}

static void list_sources(const struct co_collection *c, struct ev_buffer *out)
{
	for (const struct co_source *s = co_sources; s->name != NULL; s++) {
		const char *reason;
		enum co_wanted wanted = co_collection_wanted(c, s, &reason);

		ev_buffer_printf(out, "%-16s %-9s %s\n", s->name, will(wanted),
				 wanted >= CO_IF_THERE ? s->reads : reason);
	}
}

/* --- the addresses, each with what it is asked for --- */

static void address(struct ev_buffer *out, const char *what, const char *url)
{
	ev_buffer_printf(out, "  %-14s ", what);
	ev_escape_foreign(ev_span_str(url), out);
	ev_buffer_add_str(out, "\n");
}

static bool is_asked(const struct co_collection *c, const char *source)
{
	const char *reason;

	return co_collection_wanted(c, co_source_find(source), &reason) >=
	       CO_IF_THERE;
}

static void list_collateral(const struct co_collection *c,
			    struct ev_buffer *out)
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	size_t n = co_collateral_origins(c, origins);
	const char *root_crl = co_collateral_root_crl(c);

	for (size_t i = 0; i < n; i++)
		address(out, "collateral", origins[i].base);
	if (root_crl != NULL)
		address(out, "root CRL", root_crl);
}

static void list_addresses(const struct co_collection *c, const char *tsa,
			   struct ev_buffer *out)
{
	const struct co_options *o = &c->options;

	ev_buffer_add_str(out, "addresses:\n");
	if (co_imds_there(c))
		address(out, "IMDS", co_imds_address(c));
	if (is_asked(c, "collateral"))
		list_collateral(c, out);
	if (o->poc != NULL)
		address(out, "round trips", o->poc);
	if (o->poc_registry != NULL) {
		address(out, "registry", o->poc_registry);
		ev_buffer_add_str(out, "                 (is sent the quote, "
				       "which names this platform)\n");
	}
	if (o->maa != NULL)
		address(out, "MAA", o->maa);
	if (o->ita != NULL)
		address(out, "ITA", o->ita);
	if (tsa != NULL)
		address(out, "time-stamp", tsa);
	ev_buffer_add_str(out, "  and those that certificates name for their "
			       "issuers\n");
}

/* --- what is written --- */

static void list_writes(const struct co_collection *c, struct ev_buffer *out)
{
	const char *text = "nothing";

	if (c->options.read_only)
		text = "nothing (--read-only)";
	else if (is_asked(c, "hcl-report"))
		text = "64 bytes at NV 0x01400002, which is made where it is "
		       "not there\n"
		       "  tpm2_nvdefine 0x01400002 -C 0x40000001 -s 64 -a "
		       "ownerread|ownerwrite\n"
		       "  tpm2_nvwrite 0x01400002 -C 0x40000001 -i ./in";
	ev_buffer_printf(out, "written to the TPM: %s\n", text);
}

static const char *or_none(const char *text)
{
	return text != NULL ? text : "none";
}

int cmd_collect_plan(const struct co_collection *c,
		     const struct cmd_collect *given)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	ev_buffer_printf(&out, "machine: %s\n",
			 co_machine_word(c->machine.kind));
	ev_buffer_printf(&out, "TPM: %s\n",
			 c->tpm.there ? c->tpm.tcti : c->tpm.why);
	list_sources(c, &out);
	list_addresses(c, given->tsa, &out);
	list_writes(c, &out);
	ev_buffer_printf(&out, "archive: %s, key %s, time-stamp %s\n",
			 or_none(given->output), or_none(given->key),
			 or_none(given->tsa));
	ev_buffer_add_str(&out, "this was a plan: no address was asked, "
				"nothing was written\n");
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}
