/* SPDX-License-Identifier: Apache-2.0 */
/* SANITIZED: 1 where this is built with AddressSanitizer, which takes twenty
 * times the time for some; else 0. */
#ifndef TESTS_SANITIZED_H
#define TESTS_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
