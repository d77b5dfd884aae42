/* SPDX-License-Identifier: Apache-2.0 */
/* What an SEV-SNP report says of machine and guest, as lines. */
#include "replay/render_snp.h"

#include "evidence/snp_report.h"
#include "replay/render_line.h"
#include "replay/render_member.h"

#include <stdio.h>

#define TCB_TEXT 100

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

/* "bootloader 4, tee 0, snp 24, microcode 219" */
static void tcb_text(const json_t *tcb, char out[TCB_TEXT])
{
	static const char *const parts[] = { "fmc", "bootloader", "tee", "snp",
					     "microcode" };
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *svn = json_object_get(tcb, parts[i]);

		if (svn != NULL && n < TCB_TEXT)
			n += (size_t)snprintf(out + n, TCB_TEXT - n,
					      "%s%s %" JSON_INTEGER_FORMAT,
					      n > 0 ? ", " : "", parts[i],
					      json_integer_value(svn));
	}
}

static void add_machine(const json_t *snp, const json_t *azure,
			struct ev_buffer *out)
{
	const char *product = text(snp, "product");
	const char *family =
		rp_member_text(azure, "runtimeData", "family", NULL);

	if (product[0] == '\0')
		product =
			rp_member_text(snp, "certificate", "productName", NULL);
	rp_render_line(out, "machine", "AMD SEV-SNP%s%s%s%s%s%s%s",
		       product[0] != '\0' ? " (" : "", product,
		       product[0] != '\0' ? ")" : "",
		       azure != NULL ? ", Azure paravisor" : "",
		       family[0] != '\0' ? " of the family " : "", family,
		       rp_member_mark(snp));
}

#define ASKER_TEXT 40

static const char *asker_text(json_int_t vmpl, char out[ASKER_TEXT])
{
	if (vmpl == EV_SNP_VMPL_HOST)
		snprintf(out, ASKER_TEXT, "asked for by the host");
	else
		snprintf(out, ASKER_TEXT, "VMPL %" JSON_INTEGER_FORMAT, vmpl);
	return out;
}

void rp_render_snp(const json_t *snp, const json_t *azure, bool full,
		   struct ev_buffer *out)
{
	const json_t *tcb = json_object_get(snp, "tcb");
	char reported[TCB_TEXT], current[TCB_TEXT];
	rp_digest_text digest;
	char asker[ASKER_TEXT];

	add_machine(snp, azure, out);
	rp_render_line(out, azure != NULL ? "paravisor" : "launch",
		       "MEASUREMENT %s   no reference given%s",
		       rp_member_digest(snp, "measurement", full, digest),
		       rp_member_mark(snp));
	rp_render_line(
		out, "platform", "chip id %s  %s%s%s",
		rp_member_digest(snp, "chipId", full, digest),
		asker_text(rp_member_int(snp, "vmpl"), asker),
		rp_member_is_true(json_object_get(snp, "policyBits"), "debug")
			? "  DEBUG"
			: "",
		rp_member_mark(snp));
	tcb_text(json_object_get(tcb, "reported"), reported);
	tcb_text(json_object_get(tcb, "current"), current);
	rp_render_line(out, "TCB", "%s%s", reported, rp_member_mark(snp));
	if (strcmp(reported, current) != 0)
		rp_render_line(out, "", "runs %s, and reports less", current);
}
