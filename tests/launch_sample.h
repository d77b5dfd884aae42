/* SPDX-License-Identifier: Apache-2.0 */
/* Launches made by hand, of operations that are given as a list. */
#ifndef TESTS_LAUNCH_SAMPLE_H
#define TESTS_LAUNCH_SAMPLE_H

#include "audit/image/launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SAMPLE_GPA UINT64_C(0x8000000)

static inline const struct au_register *sample_register(enum au_platform p)
{
	for (size_t i = 0; i < au_n_registers; i++) {
		if (au_registers[i].platform == p)
			return &au_registers[i];
	}
	return NULL;
}

/* Page number i behind SAMPLE_GPA, measured, with those contents. */
static inline struct au_operation sample_page(uint64_t i, struct ev_span data)
{
	return (struct au_operation){
		.kind = AU_PAGES,
		.measured = true,
		.gpa = SAMPLE_GPA + i * AU_PAGE,
		.size = AU_PAGE,
		.data = data,
	};
}

static inline struct au_operation sample_area(uint64_t i, uint64_t pages)
{
	return (struct au_operation){
		.kind = AU_INSERT,
		.gpa = SAMPLE_GPA + i * AU_PAGE,
		.size = pages * AU_PAGE,
	};
}

static inline struct au_launch sample_launch(enum au_platform platform,
					     const struct au_operation *op,
					     size_t n)
{
	struct au_launch launch = { .reg = sample_register(platform),
				    .platform = "SAMPLE" };
	struct ev_error err = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_int_equal(EV_OK, au_launch_add(&launch, &op[i], &err));
	return launch;
}

#endif
