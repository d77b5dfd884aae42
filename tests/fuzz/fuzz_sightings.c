/* SPDX-License-Identifier: Apache-2.0 */
/* Public sightings: what is read is in order, whole, and within bounds. */
#include "audit/history/sightings.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct au_sightings s = { 0 };
	struct ev_error err = { 0 };

	if (au_sightings_parse(ev_span_of(bytes, n), &s, &err) != EV_OK) {
		assert(err.code != EV_OK && s.item == NULL);
		return 0;
	}
	assert(s.n <= AU_SIGHTINGS_MAX);
	for (size_t i = 0; i < s.n; i++) {
		const struct au_sighting *a = &s.item[i];

		assert(a->reg != NULL && a->place.n > 0 && a->source.n > 0);
		assert(!a->has_time || a->time.first <= a->time.last);
		assert(i == 0 || a[-1].reg < a->reg ||
		       (a[-1].reg == a->reg &&
			memcmp(a[-1].value, a->value, a->reg->size) <= 0));
	}
	au_sightings_free(&s);
	return 0;
}
