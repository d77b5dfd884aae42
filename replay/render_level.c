/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's numbers beside the nearest level's, short ones marked. */
#include "replay/render_level.h"

#include "evidence/base/hex.h"
#include "replay/render_line.h"

/* The level with the fewest short components; the first of equals. */
static const json_t *nearest_level(const json_t *tcb)
{
	const json_t *level, *best = NULL;
	size_t i, fewest = SIZE_MAX;

	json_array_foreach (json_object_get(tcb, "distance"), i, level) {
		size_t n = json_array_size(json_object_get(level, "short"));

		if (n >= fewest)
			continue;
		fewest = n;
		best = level;
	}
	return best;
}

static void add_row(const char *label, const json_int_t *numbers,
		    const json_int_t *least, size_t n, struct ev_buffer *out)
{
	ev_buffer_printf(out, "    %-12s", label);
	for (size_t i = 0; i < n; i++)
		ev_buffer_printf(out, "%3" JSON_INTEGER_FORMAT "%s", numbers[i],
				 least != NULL && numbers[i] < least[i] ? "*"
				 : i + 1 < n				? " "
									: "");
	ev_buffer_add_str(out, "\n");
}

static void add_pair(const char *name, const json_int_t *have,
		     const json_int_t *need, size_t n, struct ev_buffer *out)
{
	char label[16];

	snprintf(label, sizeof(label), "%s has", name);
	add_row(label, have, need, n, out);
	add_row("      needs", need, NULL, n, out);
}

static void read_numbers(const json_t *list, json_int_t out[16])
{
	for (size_t i = 0; i < 16; i++)
		out[i] = json_integer_value(json_array_get(list, i));
}

/* TEE_TCB_SVN; where a module identity speaks for the first two components,
 * the level does not judge them (qvl-2026). */
static bool read_svn(const json_t *tdx, json_int_t out[16], json_int_t need[16])
{
	const char *hex = json_string_value(json_object_get(tdx, "teeTcbSvn"));
	uint8_t svn[16];

	if (hex == NULL || !ev_hex_decode(ev_span_str(hex), svn, sizeof(svn)))
		return false;
	for (size_t i = 0; i < 16; i++)
		out[i] = svn[i];
	for (size_t i = 0; svn[1] > 0 && i < 2; i++)
		need[i] = out[i] < need[i] ? out[i] : need[i];
	return true;
}

void rp_render_level(const json_t *tcb, const json_t *platform,
		     const json_t *tdx, struct ev_buffer *out)
{
	const char *status = json_string_value(
		json_object_get(json_object_get(tcb, "platform"), "status"));
	const json_t *level = nearest_level(tcb);
	const json_t *need_of = json_object_get(level, "need");
	json_int_t have[16], need[16];

	if (status == NULL || strcmp(status, "NotSupported") != 0 ||
	    level == NULL)
		return;
	rp_render_line(out, "no level",
		       "the nearest is that of %.10s (%s); * falls short",
		       json_string_value(json_object_get(level, "date")),
		       json_string_value(json_object_get(level, "status")));
	read_numbers(json_object_get(platform, "components"), have);
	read_numbers(json_object_get(need_of, "sgx"), need);
	add_pair("SGX", have, need, 16, out);
	have[0] = json_integer_value(json_object_get(platform, "pcesvn"));
	need[0] = json_integer_value(json_object_get(need_of, "pcesvn"));
	add_pair("PCESVN", have, need, 1, out);
	if (json_object_get(need_of, "tdx") == NULL)
		return;
	read_numbers(json_object_get(need_of, "tdx"), need);
	if (read_svn(tdx, have, need))
		add_pair("TDX", have, need, 16, out);
}
