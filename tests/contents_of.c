/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: contents_of FILE: the tree of what is inside, a line a part
 *        contents_of A B: the first screen, then the findings
 */
#include "audit/contents/contents.h"
#include "audit/contents/contents_diff.h"

#include <stdio.h>
#include <stdlib.h>

static struct ev_span read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct ev_span out = { 0 };
	uint8_t *p;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET) != 0)
		exit(5);
	p = malloc((size_t)n + 1);
	if (p == NULL || fread(p, 1, (size_t)n, f) != (size_t)n)
		exit(5);
	fclose(f);
	out.p = p;
	out.n = (size_t)n;
	return out;
}

static void print_part(const struct au_part *part, int depth)
{
	char why[512];

	printf("%*s%s\t%s\t%s\t%zu\n", 2 * depth, "",
	       au_part_kind_name(part->kind), part->name ? part->name : "",
	       part->guid, part->bytes.n);
	if (part->refused.code != EV_OK) {
		ev_error_format(&part->refused, why, sizeof(why));
		printf("%*srefused: %s\n", 2 * depth, "", why);
	}
	for (size_t i = 0; i < part->n; i++)
		print_part(&part->inside[i], depth + 1);
}

static int diff(struct au_part *a, struct au_part *b)
{
	struct ev_error err = { 0 };
	struct au_contents_diff d;

	if (au_contents_diff_parts(a, b, &d, &err) != EV_OK)
		return 5;
	puts(d.sentence);
	for (size_t i = 0; i < d.n; i++)
		printf("%*s[%s] %s%s%s\n", 2 * (int)d.item[i].depth + 2, "",
		       au_finding_class_name(d.item[i].found),
		       d.item[i].depth > 0 ? "" : d.item[i].where,
		       d.item[i].depth > 0 ? "" : ": ", d.item[i].sentence);
	if (d.n_more > 0)
		printf("  and %zu more\n", d.n_more);
	au_contents_diff_free(&d);
	return 0;
}

int main(int argc, char **argv)
{
	struct au_part_budget budget = au_part_budget();
	struct au_part root[2] = { 0 };
	struct ev_error err = { 0 };
	int status = 0;

	if (argc != 2 && argc != 3)
		return 3;
	for (int i = 0; i + 1 < argc; i++) {
		root[i].bytes = read_all(argv[i + 1]);
		root[i].kind = au_contents_recognise(root[i].bytes);
		root[i].name = strdup("");
	}
	if (argc == 3)
		status = diff(&root[0], &root[1]);
	else if (au_contents_open_all(&root[0], &budget, &err) != EV_OK)
		status = 5;
	else
		print_part(&root[0], 0);
	for (int i = 0; i + 1 < argc; i++) {
		const uint8_t *p = root[i].bytes.p;

		au_part_free(&root[i]);
		free((void *)(uintptr_t)p);
	}
	return status;
}
