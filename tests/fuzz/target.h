/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target is: libFuzzer's entry, also called by standalone.c. */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#endif
