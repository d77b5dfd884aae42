/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a guest outside its launch measurement. */
#include "audit/outside.h"

#include "evidence/base/hex.h"
#include "evidence/snp_report.h"
#include "evidence/td_report.h"

#include <inttypes.h>
#include <stdio.h>

/* Bits of TDATTRIBUTES that an auditor asks about (dcap page, 1.4). */
static const uint64_t TD_DEBUG = 1;
/* Bits of IGVM's TDX policy (measurement page, 3.2). */
static const uint64_t POLICY_DEBUG = 1, POLICY_SEPT_VE_DISABLE = 2;

static bool is_zero(const char *hex)
{
	return hex[strspn(hex, "0")] == '\0';
}

/* Eight bytes, the least significant first. */
static bool read_u64(const json_t *fact, const char *member, uint64_t *out)
{
	struct ev_error err = { 0 };
	uint8_t bytes[8];

	*out = 0;
	if (ev_json_get_hex(fact, "fact", member, bytes, sizeof(bytes), &err) !=
	    EV_OK)
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++)
		*out |= (uint64_t)bytes[i] << 8 * i;
	return true;
}

/* A field of a fact, and what is said of it. */
struct field {
	const char *name, *label;
	const char *zero; /* where all its bytes are zero; NULL: as below */
	const char *else_says;
	/* Other words than these two; NULL: none. */
	void (*say)(const json_t *fact, char *out);
};

static void say(char *out, const char *text)
{
	snprintf(out, AU_OUTSIDE_TEXT, "%s", text);
}

static void say_attributes(const json_t *tdx, char *out)
{
	uint64_t bits;

	if (!read_u64(tdx, "attributes", &bits))
		return;
	snprintf(out, AU_OUTSIDE_TEXT,
		 "DEBUG and profiling %s, SEPT_VE_DISABLE %s, MIGRATABLE %s",
		 (bits & EV_TD_TUD_MASK) != 0 ? "SET" : "clear",
		 (bits & EV_TD_SEPT_VE_DISABLE) != 0 ? "set" : "CLEAR",
		 (bits & EV_TD_MIGRATABLE) != 0 ? "SET" : "clear");
}

static void say_rtmrs(const json_t *tdx, char *out)
{
	const json_t *rtmr = json_object_get(tdx, "rtmr");
	char used[16] = "";
	size_t n = 0;

	for (size_t i = 0; i < 4; i++) {
		const char *hex = json_string_value(json_array_get(rtmr, i));

		if (hex != NULL && !is_zero(hex))
			n += (size_t)snprintf(used + n, sizeof(used) - n,
					      " %zu", i);
	}
	if (n == 0)
		say(out, "all zero: nothing was measured into them after the "
			 "launch (a paravisor keeps its guest's boot in the "
			 "vTPM's PCRs)");
	else
		snprintf(out, AU_OUTSIDE_TEXT,
			 "not zero:%s; the firmware (0, 1), the system (2) and "
			 "applications (3) measure into them: an event log "
			 "explains them",
			 used);
}

static void say_policy(const json_t *snp, char *out)
{
	const json_t *bits = json_object_get(snp, "policyBits");

	snprintf(out, AU_OUTSIDE_TEXT,
		 "DEBUG %s, migration agent %s, SMT %s, one socket %s",
		 json_is_false(json_object_get(bits, "debug")) ? "clear"
							       : "SET",
		 json_is_false(json_object_get(bits, "migrateMa")) ? "clear"
								   : "SET",
		 json_is_true(json_object_get(bits, "smt")) ? "allowed" : "no",
		 json_is_true(json_object_get(bits, "singleSocket"))
			 ? "required"
			 : "not required");
}

static const char host_says[] = "not zero: the host's owner chose it";

static const struct field td_fields[] = {
	{ "teeTcbSvn", "TEE_TCB_SVN", NULL, "of the TDX module and its loader",
	  NULL },
	{ "mrseam", "MRSEAM", NULL, "the TDX module, which Intel signs", NULL },
	{ "attributes", "attributes", NULL, NULL, say_attributes },
	{ "xfam", "XFAM", NULL, "processor state that the TD may use", NULL },
	{ "mrconfigid", "MRCONFIGID", "zero", host_says, NULL },
	{ "mrowner", "MROWNER", "zero", host_says, NULL },
	{ "mrownerconfig", "MROWNERCONFIG", "zero", host_says, NULL },
	{ "rtmr", "RTMR 0 to 3", NULL, NULL, say_rtmrs },
	{ "mrservicetd", "MRSERVICETD", "zero: no service TD is bound",
	  "not zero: a service TD is bound", NULL },
};

static const struct field snp_fields[] = {
	{ "guestSvn", "guest SVN", NULL, "from the ID block; 0 without one",
	  NULL },
	{ "policy", "policy", NULL, NULL, say_policy },
	{ "familyId", "family id", "zero: no ID block, or one without it",
	  "from the ID block", NULL },
	{ "imageId", "image id", "zero: no ID block, or one without it",
	  "from the ID block", NULL },
	{ "vmpl", "VMPL", NULL, "who asked for the report; 0 sees all", NULL },
	{ "hostData", "host data", "zero", host_says, NULL },
	{ "idKeyDigest", "ID key", "zero: no ID block was given",
	  "digest of the key that signed the ID block", NULL },
	{ "authorKeyDigest", "author key", "zero: no author key",
	  "digest of the key that signed the ID key", NULL },
};

static void add(struct au_outside *out, const struct field *f,
		const json_t *fact)
{
	struct au_outside_row *row = &out->row[out->n];
	const json_t *value = json_object_get(fact, f->name);

	if (value == NULL)
		return;
	assert(out->n < AU_OUTSIDE_MAX);
	out->n++;
	*row = (struct au_outside_row){ .name = f->name,
					.label = f->label,
					.value = json_string_value(value) };
	if (json_is_integer(value)) {
		snprintf(row->number, sizeof(row->number),
			 "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		row->value = row->number;
	}
	row->zero =
		f->zero != NULL && row->value != NULL && is_zero(row->value);
	if (f->say != NULL)
		f->say(fact, row->says);
	else if (row->zero)
		say(row->says, f->zero);
	else
		say(row->says, f->else_says);
}

void au_outside_read(const struct au_measured *measured, struct au_outside *out)
{
	bool td = measured->reg->platform == AU_TDX;
	const struct field *fields = td ? td_fields : snp_fields;
	size_t n = td ? sizeof(td_fields) / sizeof(td_fields[0])
		      : sizeof(snp_fields) / sizeof(snp_fields[0]);

	out->n = 0;
	for (size_t i = 0; i < n && measured->fact != NULL; i++)
		add(out, &fields[i], measured->fact);
}

static enum au_policy_answer td_policy(const json_t *tdx, uint64_t policy,
				       char says[AU_OUTSIDE_TEXT])
{
	uint64_t bits;
	bool wants_ve_disable = (policy & POLICY_SEPT_VE_DISABLE) != 0;
	bool may_debug = (policy & POLICY_DEBUG) != 0;
	bool has_ve_disable, debug;

	if (!read_u64(tdx, "attributes", &bits))
		return AU_POLICY_NONE;
	has_ve_disable = (bits & EV_TD_SEPT_VE_DISABLE) != 0;
	debug = (bits & TD_DEBUG) != 0;
	snprintf(says, AU_OUTSIDE_TEXT,
		 "the image %s debugging and wants SEPT_VE_DISABLE %s; the TD "
		 "has DEBUG %s, SEPT_VE_DISABLE %s",
		 may_debug ? "allows" : "does not allow",
		 wants_ve_disable ? "set" : "clear", debug ? "set" : "clear",
		 has_ve_disable ? "set" : "clear");
	return has_ve_disable == wants_ve_disable && (may_debug || !debug)
		       ? AU_POLICY_AGREES
		       : AU_POLICY_DIFFERS;
}

static enum au_policy_answer snp_policy(const json_t *snp, uint64_t policy,
					char says[AU_OUTSIDE_TEXT])
{
	uint64_t has;

	if (!read_u64(snp, "policy", &has))
		return AU_POLICY_NONE;
	snprintf(says, AU_OUTSIDE_TEXT,
		 "the image asks for policy 0x%" PRIx64
		 ", the guest has 0x%" PRIx64,
		 policy, has);
	return has == policy ? AU_POLICY_AGREES : AU_POLICY_DIFFERS;
}

enum au_policy_answer au_outside_policy(const struct au_measured *measured,
					const struct au_launch *launch,
					char says[AU_OUTSIDE_TEXT])
{
	enum au_platform platform = measured->reg->platform;

	says[0] = '\0';
	if (measured->fact == NULL || !launch->policy.present ||
	    platform == AU_VBS)
		return AU_POLICY_NONE;
	return platform == AU_TDX
		       ? td_policy(measured->fact, launch->policy.value, says)
		       : snp_policy(measured->fact, launch->policy.value, says);
}

enum au_policy_answer au_outside_svn(const struct au_measured *measured,
				     const struct au_statements *statements,
				     char says[AU_OUTSIDE_TEXT])
{
	const json_t *has = json_object_get(measured->fact, "guestSvn");

	says[0] = '\0';
	for (size_t i = 0; i < statements->n && json_is_integer(has); i++) {
		const struct au_statement *s = &statements->item[i];
		uint64_t svn = (uint64_t)json_integer_value(has);

		if (s->kind != AU_SAYS_ID_BLOCK || !s->has_svn)
			continue;
		snprintf(says, AU_OUTSIDE_TEXT,
			 "the image's ID block says %" PRIu64
			 ", the guest has %" PRIu64,
			 s->svn, svn);
		return s->svn == svn ? AU_POLICY_AGREES : AU_POLICY_DIFFERS;
	}
	return AU_POLICY_NONE;
}
