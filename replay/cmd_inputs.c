/* SPDX-License-Identifier: Apache-2.0 */
/* Reading anchors, policies, collateral and archives for the commands. */
#include "replay/cmd_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const uint64_t small_file = UINT64_C(16) << 20;

static int refused(const char *path, const struct ev_error *err)
{
	char line[400];

	ev_error_format(err, line, sizeof(line));
	if (err->code == EV_TROUBLE)
		return cli_trouble("%s: %s", path, line);
	return cli_unreadable("%s: %s", path, line);
}

int cmd_inputs_open(struct cmd_inputs *in)
{
	in->crypto = ev_crypto_new();
	if (in->crypto == NULL)
		return cli_trouble("libcrypto's default provider cannot be "
				   "loaded");
	in->shelf = rp_shelf_new(in->crypto);
	return in->shelf != NULL ? CLI_PASS : cli_trouble("out of memory");
}

void cmd_inputs_free(struct cmd_inputs *in)
{
	rp_anchors_free(&in->anchors);
	rp_policy_free(&in->policy);
	for (size_t i = 0; i < in->n_archives; i++)
		ev_archive_free(&in->archives[i]);
	for (size_t i = 0; i < in->n_files; i++)
		cli_file_free(&in->files[i]);
	for (size_t i = 0; i < in->n_names; i++)
		free(in->names[i]);
	free(in->archives);
	free(in->files);
	free(in->names);
	free(in->loose);
	rp_shelf_free(in->shelf);
	ev_crypto_free(in->crypto);
	*in = (struct cmd_inputs){ 0 };
}

/* --- anchors --- */

static int add_anchor(struct cmd_inputs *in, const char *path)
{
	struct ev_error err = { 0 };
	struct cli_file file = { 0 };
	int exit = cli_file_read(path, 65536, &file);

	if (exit == CLI_PASS &&
	    rp_anchors_add(in->crypto, file.bytes, &in->anchors, &err) != EV_OK)
		exit = refused(path, &err);
	cli_file_free(&file);
	return exit;
}

static bool ends_in_pem(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".pem") == 0;
}

static int pem_or_folder(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_anchor_folder(struct cmd_inputs *in, const char *dir, int depth)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, pem_or_folder, bytewise), exit = CLI_PASS;

	if (n < 0)
		return cli_unreadable("%s: %s", dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path = NULL;
		struct stat st;

		if (asprintf(&path, "%s/%s", dir, list[i]->d_name) < 0)
			path = NULL;
		if (exit == CLI_PASS && path == NULL)
			exit = cli_trouble("out of memory");
		else if (exit == CLI_PASS && stat(path, &st) != 0)
			exit = cli_unreadable("%s: %s", path, strerror(errno));
		else if (exit == CLI_PASS && S_ISDIR(st.st_mode) && depth > 0)
			exit = add_anchor_folder(in, path, depth - 1);
		else if (exit == CLI_PASS && S_ISREG(st.st_mode) &&
			 ends_in_pem(path))
			exit = add_anchor(in, path);
		free(path);
		free(list[i]);
	}
	free(list);
	return exit;
}

int cmd_inputs_anchors(struct cmd_inputs *in, const char *dir)
{
	return add_anchor_folder(in, dir != NULL ? dir : ECART_ANCHORS, 1);
}

static bool begins(struct ev_span text, const char *word)
{
	size_t n = strlen(word);

	return text.n >= n && memcmp(text.p, word, n) == 0;
}

/* The same file given again says nothing new. */
static bool is_repeated(struct cmd_inputs *in, struct ev_span file)
{
	uint8_t digest[32];

	if (!ev_digest(in->crypto, EV_SHA256, file, digest))
		return false;
	for (size_t i = 0; i < in->anchors.n; i++)
		if (memcmp(in->anchors.anchor[i].sha256, digest, 32) == 0)
			return true;
	return false;
}

int cmd_inputs_tsa_root(struct cmd_inputs *in, const char *path)
{
	static const char head[] = "Name: given with --tsa-root\n"
				   "Owner: the TSA\nFor: tsa-root\n\n";
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_error err = { 0 };
	struct cli_file file = { 0 };
	int exit = cli_file_read(path, 65536, &file);

	if (exit == CLI_PASS) {
		/* An anchor file brings its own head, and its terms. */
		if (!begins(file.bytes, "Name: "))
			ev_buffer_add(&text, EV_SPAN_LITERAL(head));
		ev_buffer_add(&text, file.bytes);
		if (!ev_buffer_ok(&text))
			exit = cli_trouble("out of memory");
		else if (!is_repeated(in, ev_buffer_span(&text)) &&
			 rp_anchors_add(in->crypto, ev_buffer_span(&text),
					&in->anchors, &err) != EV_OK)
			exit = refused(path, &err);
	}
	cli_file_free(&file);
	return exit;
}

/* --- policies --- */

int cmd_inputs_policy(struct cmd_inputs *in, const char *path)
{
	struct ev_error err = { 0 };
	struct cli_file file = { 0 };
	char *text = NULL;
	size_t n = 0;
	int exit = CLI_PASS;

	if (path == NULL)
		text = rp_policy_default(&n);
	else
		exit = cli_file_read(path, small_file, &file);
	if (exit != CLI_PASS)
		return exit;
	if (path == NULL && text == NULL)
		return cli_trouble("out of memory");
	if (rp_policy_parse(in->crypto,
			    path == NULL ? ev_span_of(text, n) : file.bytes,
			    &in->policy, &err) != EV_OK)
		exit = refused(path == NULL ? "default-1" : path, &err);
	free(text);
	cli_file_free(&file);
	return exit;
}

/* The key's text at the end of list, once it is one that signs. */
static int add_key(struct cmd_inputs *in, const char *path, json_t *list)
{
	struct cli_file file = { 0 };
	struct ev_pem_list key = { 0 };
	struct ev_error err = { 0 };
	int exit = cli_file_read(path, 65536, &file);

	if (exit != CLI_PASS)
		return exit;
	if (rp_signer_key_parse(in->crypto, file.bytes, &key, &err) != EV_OK)
		exit = refused(path, &err);
	else if (json_array_append_new(list,
				       json_stringn((const char *)file.bytes.p,
						    file.bytes.n)) != 0)
		exit = cli_unreadable("%s: not plain text", path);
	ev_pem_list_free(&key);
	cli_file_free(&file);
	return exit;
}

static int policy_with_keys(struct cmd_inputs *in, json_t *policy,
			    char *const *keys, size_t n_keys,
			    uint64_t threshold)
{
	json_t *list = json_array(), *signers = json_object();
	int exit = CLI_PASS;

	for (size_t i = 0; i < n_keys && exit == CLI_PASS; i++)
		exit = add_key(in, keys[i], list);
	json_object_set_new(signers, "keys", list);
	json_object_set_new(signers, "threshold",
			    json_integer((json_int_t)threshold));
	json_object_set_new(policy, "signers", signers);
	return exit;
}

int cmd_inputs_signers(struct cmd_inputs *in, char *const *keys, size_t n_keys,
		       uint64_t threshold)
{
	struct ev_error err = { 0 };
	json_t *policy = NULL;
	char *text, *changed = NULL;
	size_t n = 0;
	int exit;

	text = rp_policy_default(&n);
	if (text == NULL || ev_json_parse(ev_span_of(text, n), n, "policy",
					  &policy, &err) != EV_OK) {
		free(text);
		return cli_trouble("out of memory");
	}
	free(text);
	exit = policy_with_keys(in, policy, keys, n_keys, threshold);
	if (exit == CLI_PASS)
		changed = json_dumps(policy, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(policy);
	if (exit != CLI_PASS)
		return exit;
	if (changed == NULL)
		return cli_trouble("out of memory");
	if (rp_policy_parse(in->crypto, ev_span_str(changed), &in->policy,
			    &err) != EV_OK)
		exit = refused("--key", &err);
	free(changed);
	return exit;
}
