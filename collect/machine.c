/* SPDX-License-Identifier: Apache-2.0 */
/* A look at the machine that changes nothing. */
#include "collect/machine.h"

#include "evidence/base/reader.h"
#include "evidence/hcl.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const unsigned int LOOK_MS = 5000;
/* Where the report says of what type it is. */
#define TYPE_OFFSET "1216"
#define TYPE_SIZE   20

const char *co_machine_word(enum co_machine_kind kind)
{
	static const char *const words[] = {
		[CO_MACHINE_NONE] = "a machine without a TEE or TPM",
		[CO_MACHINE_AZURE_TDX] = "an Azure confidential VM (TDX)",
		[CO_MACHINE_AZURE_SNP] = "an Azure confidential VM (SEV-SNP)",
		[CO_MACHINE_AZURE_OTHER] =
			"an Azure VM with a paravisor of a type that is not known",
		[CO_MACHINE_AZURE_UNREAD] =
			"an Azure VM with a paravisor whose report cannot be read",
		[CO_MACHINE_TD] = "a TDX guest without a paravisor",
		[CO_MACHINE_GRAMINE] = "an SGX enclave under Gramine",
		[CO_MACHINE_TPM] = "a machine with a TPM and no TEE",
	};

	return words[kind];
}

bool co_machine_is_azure(enum co_machine_kind kind)
{
	return kind == CO_MACHINE_AZURE_TDX || kind == CO_MACHINE_AZURE_SNP ||
	       kind == CO_MACHINE_AZURE_OTHER ||
	       kind == CO_MACHINE_AZURE_UNREAD;
}

static bool exists(const struct co_root *root, const char *path)
{
	int fd = co_root_openat(root, path, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/*
 * The type out of the middle of the report: a read at offset 0 would have
 * the paravisor make a new one, and it makes one in two seconds at most.
 */
static uint32_t report_type(struct co_tpm *tpm, char why[512])
{
	/* The owner's password stands last: where there is none, nothing. */
	const char *args[] = { "0x01400001",
			       "-C",
			       CO_TPM_OWNER,
			       "--offset",
			       TYPE_OFFSET,
			       "-s",
			       "20",
			       "-o",
			       "./type",
			       "-P",
			       CO_TPM_OWNER_AUTH,
			       NULL };
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	struct co_exec_result result;
	struct ev_error err = { 0 };
	struct ev_reader r;
	uint32_t type;
	bool ok;

	if (!co_tpm_has_nv(tpm, CO_NV_HCL_REPORT))
		return 0;
	if (tpm->options.owner_auth.n == 0)
		args[9] = NULL;
	ok = co_tpm_run(tpm, "tpm2_nvread", args, (struct ev_span){ 0 },
			LOOK_MS, &result, why);
	co_exec_free(&result);
	if (!ok)
		return UINT32_MAX;
	if (!co_workdir_take(&tpm->workdir, "type", TYPE_SIZE, &bytes) ||
	    bytes.n != TYPE_SIZE) {
		snprintf(why, 512, "tpm2_nvread left %zu of %d bytes", bytes.n,
			 TYPE_SIZE);
		return UINT32_MAX;
	}
	r = ev_reader_init(ev_buffer_span(&bytes), 1216, "hcl", &err);
	ev_read_u32le(&r, "data_size");
	ev_read_u32le(&r, "request_version");
	type = ev_read_u32le(&r, "report_type");
	return type;
}

static enum co_machine_kind azure_kind(uint32_t type)
{
	if (type == EV_HCL_TDX)
		return CO_MACHINE_AZURE_TDX;
	return type == EV_HCL_SNP ? CO_MACHINE_AZURE_SNP
				  : CO_MACHINE_AZURE_OTHER;
}

static enum co_machine_kind kind_of(const struct co_machine *m)
{
	if (m->unread[0] != 0)
		return CO_MACHINE_AZURE_UNREAD;
	if (m->report_type != 0)
		return azure_kind(m->report_type);
	if (m->has_tdx_device || m->has_tsm)
		return CO_MACHINE_TD;
	if (m->has_gramine)
		return CO_MACHINE_GRAMINE;
	return m->has_tpm ? CO_MACHINE_TPM : CO_MACHINE_NONE;
}

static const char *seen(bool there)
{
	return there ? "there" : "not there";
}

void co_machine_detect(const struct co_root *root, struct co_tpm *tpm,
		       struct co_machine *out)
{
	*out = (struct co_machine){
		.has_tpm = tpm->there,
		.has_tsm = exists(root, "sys/kernel/config/tsm/report"),
		.has_tdx_device = exists(root, "dev/tdx_guest") ||
				  exists(root, "dev/tdx-guest"),
		.has_gramine = exists(root, "dev/attestation/attestation_type"),
	};
	if (tpm->there)
		out->report_type = report_type(tpm, out->unread);
	out->kind = kind_of(out);
	snprintf(out->looked, sizeof(out->looked),
		 "  TPM                            %.200s\n"
		 "  sys/kernel/config/tsm/report   %s\n"
		 "  dev/tdx_guest                  %s\n"
		 "  dev/attestation                %s\n",
		 tpm->there ? tpm->tcti : tpm->why, seen(out->has_tsm),
		 seen(out->has_tdx_device), seen(out->has_gramine));
}
