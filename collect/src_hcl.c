/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paravisor's report, NV index 0x01400001: our 64 bytes go into index
 * 0x01400002, a read at offset 0 makes a new report, at most every two
 * seconds; an older one comes silently, so it is compared
 * (microsoft/openvmm, tpm_device).
 */
#include "collect/fresh.h"
#include "collect/round.h"
#include "collect/src.h"
#include "collect/stop.h"

#include <stdio.h>

/* A little more than the paravisor's two seconds. */
static const unsigned int REFRESH_MS = 2100;

/* The report as it lies there; with user_data, which is written first, one
 * that carries it.  *again: another try may do. */
static bool try_report(struct co_collection *c, struct ev_span user_data,
		       struct ev_buffer *out, struct ev_hcl *hcl, bool *again,
		       char why[CO_WHY_TEXT])
{
	*again = false;
	if (user_data.n > 0 &&
	    !co_tpm_nv_write(&c->tpm, CO_NV_USER_DATA, user_data, why)) {
		*again = c->tpm.overwritten;
		return false;
	}
	out->n = 0;
	if (!co_tpm_nv_read(&c->tpm, CO_NV_HCL_REPORT, out, why))
		return false;
	*again = true;
	return co_fresh_hcl(ev_buffer_span(out), user_data, hcl, why);
}

static bool read_report(struct co_collection *c, struct ev_span user_data,
			struct ev_buffer *out, struct ev_hcl *hcl,
			char why[CO_WHY_TEXT])
{
	bool again;
	size_t n;

	for (unsigned int i = 0; i < c->source->tries; i++) {
		if (i > 0 && !co_stop_sleep_ms(REFRESH_MS)) {
			snprintf(why, CO_WHY_TEXT, "stopped (run again)");
			return false;
		}
		if (try_report(c, user_data, out, hcl, &again, why))
			return true;
		if (!again)
			return false;
	}
	n = strlen(why);
	snprintf(why + n, CO_WHY_TEXT - n,
		 " after %u tries (another program may be writing it; run "
		 "again)",
		 c->source->tries);
	return false;
}

static const char *type_word(uint32_t type)
{
	static const char *const words[] = {
		[EV_HCL_VBS] = "VBS", [EV_HCL_SNP] = "SNP",
		[EV_HCL_TVM] = "TVM", [EV_HCL_TDX] = "TDX",
		[EV_HCL_CCA] = "CCA",
	};

	return type < sizeof(words) / sizeof(words[0]) && words[type] != NULL
		       ? words[type]
		       : "of an unknown type";
}

bool co_round_hcl(struct co_collection *c, const struct co_round *round,
		  char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer report = { 0 };
	struct co_item item = { .kind = "azure-hcl-report",
				.hint = round->hint,
				.source_type = "tpm-nv",
				.source_detail = "0x01400001",
				.nonce = round->nonce };
	bool bound = round->nonce.n > 0;
	struct ev_hcl hcl;
	size_t index;

	if (!read_report(c, round->nonce, &report, &hcl, why))
		return false;
	item.bytes = ev_buffer_span(&report);
	if (!co_collected(c, &item, &index, why))
		return false;
	if (bound && !co_bind(c, round->use, round->number, index, 0))
		return false;
	co_detail(c, "%s, %zu bytes of runtime data%s",
		  type_word(hcl.report_type), hcl.runtime_data.n,
		  bound ? ", nonce bound" : ", not bound");
	return true;
}

enum co_wanted co_wanted_hcl_report(const struct co_collection *c)
{
	return co_machine_is_azure(c->machine.kind) ? CO_REQUIRED : CO_NOT_HERE;
}

enum co_outcome co_collect_hcl_report(struct co_collection *c,
				      char why[CO_WHY_TEXT])
{
	struct co_round round = { .use = "hcl", .number = 1 };
	char unbound[CO_WHY_TEXT];

	/* Before an index is made on a TPM that is none of Azure's. */
	if (!co_tpm_has_nv(&c->tpm, CO_NV_HCL_REPORT))
		return co_absent(why, "no report at NV 0x01400001 (not an "
				      "Azure confidential VM)");
	if (c->has_session)
		round.nonce = EV_SPAN(c->session_root);
	if (co_round_hcl(c, &round, why))
		return CO_OK;
	/* Nothing is lost: the report as it is, and the reason. */
	if (c->has_session && co_stop_signal() == 0) {
		round.hint = "unbound";
		round.nonce = (struct ev_span){ 0 };
		co_round_hcl(c, &round, unbound);
	}
	return CO_FAILED;
}
