/* SPDX-License-Identifier: Apache-2.0 */
/* Names of AMD's server processors. */
#include "evidence/amd_product.h"

#include <string.h>

static const struct ev_amd_product milan = { "Milan", 0x19 };
static const struct ev_amd_product genoa = { "Genoa", 0x19 };
static const struct ev_amd_product turin = { "Turin", 0x1a };

static const struct {
	const struct ev_amd_product *product;
	uint8_t model_first, model_last;
} models[] = {
	{ &milan, 0x00, 0x0f },
	{ &genoa, 0x10, 0x1f },
	{ &genoa, 0xa0, 0xaf }, /* Bergamo and Siena */
	{ &turin, 0x00, 0x1f },
};

static const struct {
	const char *name;
	const struct ev_amd_product *product;
} names[] = {
	{ "Milan", &milan }, { "Genoa", &genoa }, { "Bergamo", &genoa },
	{ "Siena", &genoa }, { "Turin", &turin },
};

const struct ev_amd_product *ev_amd_product_of_cpu(uint8_t family,
						   uint8_t model)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (models[i].product->family == family &&
		    models[i].model_first <= model &&
		    model <= models[i].model_last)
			return models[i].product;
	return NULL;
}

const struct ev_amd_product *ev_amd_product_named(struct ev_span name)
{
	const uint8_t *end = name.n > 0 ? memchr(name.p, '-', name.n) : NULL;
	struct ev_span line = ev_span_of(
		name.p, end != NULL ? (size_t)(end - name.p) : name.n);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ev_span_eq(line, ev_span_str(names[i].name)))
			return names[i].product;
	return NULL;
}
