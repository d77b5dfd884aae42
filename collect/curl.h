/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded when it is first needed: it brings some thirty libraries
 * along, and a process that only replays shall have none of them.  Never
 * unloaded, since a name that is still being resolved may be in one of its
 * threads.
 */
#ifndef CO_CURL_H
#define CO_CURL_H

#include <curl/curl.h>
#include <stddef.h>

/* The functions that are used, with the types that curl.h gives them. */
struct co_curl {
	const char *version; /* "7.88.1" */

	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_version_info) *version_info;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_poll) *multi_poll;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
};

/*
 * The same one each time; not to be freed.  NULL where libcurl is not
 * installed, is older than 7.87 or has no TLS: why is then one line that
 * ends with what to do.
 */
const struct co_curl *co_curl_load(char *why, size_t why_size);

#endif
