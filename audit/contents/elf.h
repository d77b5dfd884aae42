/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF files of 64 bit, little-endian (System V gABI 4.1, chapters 4 and 5):
 * what their sections are, or segments where there is no section.
 */
#ifndef AU_ELF_H
#define AU_ELF_H

#include "audit/contents/part.h"

bool au_elf_recognise(struct ev_span in);

/* The identifier that the linker gave (NT_GNU_BUILD_ID): the first note of
 * that kind at a multiple of four bytes of in; empty where there is none. */
struct ev_span au_elf_build_id(struct ev_span in);

/*
 * Opener (contents.h): the header, the tables, then a part a section with
 * bytes, in the order of the table.  Refuses another class or byte order,
 * entries of another size, more than 65535 of them, and what lies outside.
 */
enum ev_code au_elf_open(struct au_part *part, struct au_part_budget *budget,
			 struct ev_error *err);

#endif
