/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole way from loose evidence to a report, through the library: items as
 * u8 place in the list of kinds, u32 size (little-endian), bytes; the rest is
 * left.  Under the SIMULATED anchors where ECART_SOURCE_ROOT says where they
 * are, so that chains which hold are followed to their ends.
 */
#include "evidence/base/bytes.h"
#include "evidence/ecart.h"
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>

#define ITEMS_MAX 32

static const char *const kinds[] = {
	"tdx-quote",	    "sgx-quote",	   "dcap-tcbinfo",
	"dcap-qe-identity", "dcap-issuer-chain",   "crl-der",
	"azure-hcl-report", "tpm-quote-attest",	   "tpm-quote-signature",
	"tpm-pcrs",	    "tpm2b-public",	   "cert-der",
	"cert-pem",	    "azure-imds-attested", "maa-token",
	"snp-report",	    "azure-thim-amd",
};
static const size_t n_kinds = sizeof(kinds) / sizeof(kinds[0]);

static void add_anchor(struct ecart *ecart, const char *name)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	char path[4096], text[16384];
	FILE *file;

	snprintf(path, sizeof(path), "%s/testdata/anchors/simulated/%s",
		 root != NULL ? root : ".", name);
	file = fopen(path, "rb");
	if (file == NULL)
		return;
	if (ecart_add_anchor(ecart, text, fread(text, 1, sizeof(text), file)) !=
	    ECART_OK)
		abort();
	fclose(file);
}

static struct ecart *begin(void)
{
	struct ecart *ecart;

	if (ecart_new(&ecart) != ECART_OK)
		abort();
	add_anchor(ecart, "intel-sgx-root.pem");
	add_anchor(ecart, "azure-vtpm-root.pem");
	add_anchor(ecart, "amd-ark.pem");
	return ecart;
}

static size_t split(const uint8_t *bytes, size_t n,
		    struct ecart_item items[ITEMS_MAX],
		    char names[ITEMS_MAX][16])
{
	size_t count = 0;

	while (n >= 5 && count < ITEMS_MAX) {
		size_t size = (size_t)bytes[1] | (size_t)bytes[2] << 8 |
			      (size_t)bytes[3] << 16 | (size_t)bytes[4] << 24;

		if (bytes[0] >= n_kinds || size > n - 5)
			break;
		snprintf(names[count], sizeof(names[count]), "item%zu", count);
		items[count] = (struct ecart_item){
			.name = names[count],
			.kind = kinds[bytes[0]],
			.bytes = bytes + 5,
			.size = size,
		};
		count++;
		bytes += 5 + size;
		n -= 5 + size;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ecart *ecart;
	struct ecart_item items[ITEMS_MAX];
	char names[ITEMS_MAX][16];
	struct ecart_options options = {
		.size = sizeof(options),
		.has_at = 1,
		.at = 1780922561,
		.items = items,
	};
	struct ecart_report *report;

	if (ecart == NULL)
		ecart = begin();
	options.n_items = split(bytes, n, items, names);
	if (ecart_replay(ecart, NULL, 0, &options, &report) != ECART_OK)
		return 0;
	/* Nothing that was changed by chance is vouched for. */
	if (ecart_report_json(report, NULL)[0] != '{')
		abort();
	ecart_report_free(report);
	return 0;
}
