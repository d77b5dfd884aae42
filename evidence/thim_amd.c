/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's answer to who the AMD chip is. */
#include "evidence/thim_amd.h"

#include "evidence/base/hex.h"
#include "evidence/limits.h"

static const char object[] = "thim-amd";

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

/* Text of the one member of that name, in whatever case. */
static struct ev_span member(const json_t *v, const char *name,
			     struct ev_error *err)
{
	struct ev_span text = { NULL, 0 };
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)v, key, value) {
		if (!same_name(key, name))
			continue;
		if (text.p != NULL)
			ev_fail(err, EV_DUPLICATE, object, name, 0, "once",
				"twice, in two spellings");
		else if (!json_is_string(value))
			ev_fail(err, EV_SYNTAX, object, name, 0, "a string",
				ev_json_type_word(value));
		else
			text = ev_span_of(json_string_value(value),
					  json_string_length(value));
	}
	return text;
}

static void read_pem(const json_t *v, const char *name, struct ev_pem_list *out,
		     struct ev_error *err)
{
	struct ev_span text = member(v, name, err);

	if (text.p == NULL)
		ev_fail(err, EV_MISSING, object, name, 0, "a member", "none");
	else if (err->code == EV_OK)
		ev_pem_list_parse(text, 0, "CERTIFICATE", out, err);
}

enum ev_code ev_thim_amd_parse(struct ev_span item, struct ev_thim_amd *out,
			       struct ev_error *err)
{
	struct ev_thim_amd t = { .json = NULL };

	if (ev_json_parse(item, EV_COLLATERAL_MAX, object, &t.json, err) !=
	    EV_OK)
		return err->code;
	if (!json_is_object(t.json))
		ev_fail(err, EV_SYNTAX, object, "document", 0, "an object",
			ev_json_type_word(t.json));
	t.tcbm = member(t.json, "tcbm", err);
	read_pem(t.json, "vcekCert", &t.vcek, err);
	read_pem(t.json, "certificateChain", &t.chain, err);
	if (err->code == EV_OK && t.vcek.n_blocks != 1)
		ev_fail_u64(err, EV_VALUE, object, "vcekCert", 0, 1,
			    t.vcek.n_blocks);
	if (err->code != EV_OK) {
		ev_thim_amd_free(&t);
		return err->code;
	}
	*out = t;
	return EV_OK;
}

void ev_thim_amd_free(struct ev_thim_amd *thim)
{
	ev_pem_list_free(&thim->vcek);
	ev_pem_list_free(&thim->chain);
	json_decref(thim->json);
	*thim = (struct ev_thim_amd){ .json = NULL };
}

bool ev_thim_amd_tcb(const struct ev_thim_amd *thim, uint64_t *tcb_version)
{
	uint8_t bytes[8];

	if (!ev_hex_decode(thim->tcbm, bytes, sizeof(bytes)))
		return false;
	*tcb_version = 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		*tcb_version = *tcb_version << 8 | bytes[i];
	return true;
}
