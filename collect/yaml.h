/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of YAML 1.1 that other tools' evidence uses, as a JSON tree: one
 * document of mappings, sequences and scalars.  A plain decimal number of at
 * most 15 digits becomes an integer, a plain null, ~ or nothing becomes
 * null, every other scalar a string with its exact characters.  What could
 * make one text mean two things is refused: aliases, anchors, tags,
 * directives, keys that are no text, a key twice.
 */
#ifndef CO_YAML_H
#define CO_YAML_H

#include "evidence/base/error.h"

#include <jansson.h>

#define CO_YAML_DEPTH_MAX 32
/* 24 PCRs, a message and a signature byte by byte are 1,200. */
#define CO_YAML_NODES_MAX 262144
/* Of one mapping: keys that collide in a hash table cost time. */
#define CO_YAML_KEYS_MAX 256

/* At most max bytes.  *out is owned by the caller; offsets of refusals count
 * characters (libyaml has no others), which in ASCII are bytes. */
enum ev_code co_yaml_parse(struct ev_span text, size_t max, const char *object,
			   json_t **out, struct ev_error *err);

#endif
