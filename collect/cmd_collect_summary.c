/* SPDX-License-Identifier: Apache-2.0 */
/* The last lines of a collection. */
#include "collect/cmd_collect_summary.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_string.h"

struct ended {
	const struct cmd_collect *given;
	const struct co_collection *c;
	const struct co_key *key;
	const struct co_collection_file *file;
};

/* What each absence costs, one line each. */
static void list_costs(const struct ended *r, struct ev_buffer *out)
{
	if (r->key == NULL)
		ev_buffer_add_str(out, "unsigned: nobody vouches that nothing "
				       "was changed (use --key)\n");
	if (r->file->stamped)
		ev_buffer_printf(out, "timestamp %s by %s\n",
				 r->file->stamp_time, r->file->stamp_by);
	else if (r->given->tsa != NULL)
		ev_buffer_printf(out, "no timestamp: %s\n", r->file->stamp_why);
	else
		ev_buffer_add_str(out, "no timestamp: the time is this "
				       "machine's claim (use --tsa)\n");
	if (r->c->options.challenge.n == 0 && r->c->has_session)
		ev_buffer_add_str(out, "self-made nonce: nobody else's "
				       "question is answered (use --nonce)\n");
	if (r->c->options.read_only)
		ev_buffer_add_str(out, "read-only: the report is not bound to "
				       "a nonce of this session\n");
}

static void list_missing(const struct co_collection *c, struct ev_buffer *out)
{
	for (size_t i = 0; i < c->n_steps; i++) {
		const struct co_step *step = &c->steps[i];

		if (!step->missing)
			continue;
		ev_buffer_printf(out, "missing %s: ", step->source->name);
		ev_json_escape_shown(step->reason, out);
		ev_buffer_add_str(out, "\n");
	}
}

/* What failed and was not required, on one line. */
static void list_optional(const struct co_collection *c, struct ev_buffer *out)
{
	const char *before = "not required, not collected: ";

	for (size_t i = 0; i < c->n_steps; i++) {
		const struct co_step *step = &c->steps[i];

		if (step->missing || step->outcome != CO_FAILED)
			continue;
		ev_buffer_printf(out, "%s%s", before, step->source->name);
		before = ", ";
	}
	if (before[0] == ',')
		ev_buffer_add_str(out, "\n");
}

int cmd_collect_summary(const struct cmd_collect *given,
			const struct co_collection *c, const struct co_key *key,
			const struct co_collection_file *file)
{
	const struct ended r = { given, c, key, file };
	ev_auto_buffer struct ev_buffer out = { 0 };
	char id[65];

	ev_hex_encode(EV_SPAN(file->id), id);
	if (key != NULL)
		ev_buffer_printf(&out, "signed by %s key %s\n",
				 co_key_algorithm(key), co_key_id(key));
	list_costs(&r, &out);
	list_missing(c, &out);
	list_optional(c, &out);
	ev_buffer_printf(&out, "wrote %s   %zu bytes   id %s\n", given->output,
			 file->bytes.n, id);
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	if (!cli_print(ev_buffer_span(&out)))
		return CLI_TROUBLE;
	return c->n_missing > 0 ? CLI_INCOMPLETE : CLI_PASS;
}

int cmd_collect_incomplete(const struct co_collection *c)
{
	ev_auto_buffer struct ev_buffer list = { 0 };

	list_missing(c, &list);
	ev_buffer_add_byte(&list, 0);
	cli_note("%scollect: required pieces that are missing: %zu; nothing "
		 "was written (--strict)",
		 ev_buffer_ok(&list) ? (const char *)list.p : "", c->n_missing);
	return CLI_INCOMPLETE;
}
