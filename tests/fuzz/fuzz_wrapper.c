/* SPDX-License-Identifier: Apache-2.0 */
/* Arbitrary bytes as a file for pack: every row of the table of formats, also
 * those whose recognise would not have asked for them. */
#include "collect/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ev_span content = ev_span_of(data, size);
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };
	size_t from;

	co_import(content, NULL, &list, &err);
	co_parts_free(&list);
	for (size_t i = 0; i < co_n_formats; i++) {
		err = (struct ev_error){ 0 };
		if (co_parts_add(&list, "wrapper", content, &from, &err) ==
		    EV_OK)
			co_formats[i].decode(content, &list, from, &err);
		co_parts_free(&list);
	}
	return 0;
}
