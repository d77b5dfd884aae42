/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded when it is first needed. */
#include "collect/curl.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char file_name[] = "libcurl.so.4";
/* CURLOPT_QUICK_EXIT is the newest thing that is used. */
static const unsigned int VERSION_MIN = CURL_VERSION_BITS(7, 87, 0);

#define SYMBOL(member)                                                         \
	{                                                                      \
		"curl_" #member, offsetof(struct co_curl, member)              \
	}

static const struct {
	const char *name;
	size_t at; /* of the pointer in struct co_curl */
} symbols[] = {
	SYMBOL(global_init),	     SYMBOL(version_info),
	SYMBOL(slist_append),	     SYMBOL(slist_free_all),
	SYMBOL(easy_init),	     SYMBOL(easy_setopt),
	SYMBOL(easy_getinfo),	     SYMBOL(easy_strerror),
	SYMBOL(easy_cleanup),	     SYMBOL(multi_init),
	SYMBOL(multi_add_handle),    SYMBOL(multi_perform),
	SYMBOL(multi_poll),	     SYMBOL(multi_info_read),
	SYMBOL(multi_remove_handle), SYMBOL(multi_cleanup),
};

static bool find_symbols(void *library, struct co_curl *out, char *why,
			 size_t why_size)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (symbol == NULL) {
			snprintf(why, why_size,
				 "%s has no %s (install libcurl 7.87 or later)",
				 file_name, symbols[i].name);
			return false;
		}
		/* C has no cast from an object pointer to a function. */
		memcpy((char *)out + symbols[i].at, &symbol, sizeof(symbol));
	}
	return true;
}

static bool begin(struct co_curl *curl, char *why, size_t why_size)
{
	const curl_version_info_data *info;

	if (curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		snprintf(why, why_size,
			 "libcurl cannot begin (out of memory?)");
		return false;
	}
	info = curl->version_info(CURLVERSION_NOW);
	curl->version = info->version;
	if (info->version_num < VERSION_MIN ||
	    (info->features & CURL_VERSION_SSL) == 0) {
		snprintf(why, why_size,
			 "libcurl %s is too old or has no TLS (install libcurl "
			 "7.87 or later)",
			 info->version);
		return false;
	}
	return true;
}

const struct co_curl *co_curl_load(char *why, size_t why_size)
{
	static struct co_curl curl;
	static bool loaded;
	void *library;

	if (loaded)
		return &curl;
	library = dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		snprintf(why, why_size,
			 "cannot load libcurl: %s (install libcurl4)",
			 dlerror());
		return NULL;
	}
	loaded = find_symbols(library, &curl, why, why_size) &&
		 begin(&curl, why, why_size);
	return loaded ? &curl : NULL;
}
