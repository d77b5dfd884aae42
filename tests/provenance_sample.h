/* SPDX-License-Identifier: Apache-2.0 */
/* What nobody's builder says of the artifact of the sample reference. */
#ifndef TESTS_PROVENANCE_SAMPLE_H
#define TESTS_PROVENANCE_SAMPLE_H

#include "tests/reference_sample.h"

#define SAMPLE_DEPENDENCIES                                                    \
	"\"resolvedDependencies\":[{\"digest\":{\"sha256\":\"" SAMPLE_A64      \
	"\"},\"name\":\"gcc\"},"                                               \
	"{\"uri\":\"pkg:deb/debian/nasm@2\"}]"
#define SAMPLE_EXTERNAL "\"externalParameters\":{\"recipe\":\"build.txt\"}"
#define SAMPLE_PREDICATE                                                       \
	"{\"buildDefinition\":{"                                               \
	"\"buildType\":\"https://example.org/rebuild/1\"," SAMPLE_EXTERNAL     \
	"," SAMPLE_DEPENDENCIES "},\"runDetails\":{"                           \
	"\"builder\":{\"id\":\"https://example.org/builders/simulated\"},"     \
	"\"metadata\":{\"startedOn\":\"2026-01-01T00:00:00Z\"}}}"
#define SAMPLE_BUILD "{\"host\":\"x\",\"predicate\":" SAMPLE_PREDICATE "}"
#define SAMPLE_SUBJECT                                                         \
	"[{\"digest\":{\"sha256\":\"" SAMPLE_A64                               \
	"\"},\"name\":\"openhcl.bin\"}]"
#define SAMPLE_TYPE "\"_type\":\"https://in-toto.io/Statement/v1\""
#define SAMPLE_SLSA "\"predicateType\":\"https://slsa.dev/provenance/v1\""
#define SAMPLE_STATEMENT                                                       \
	"{" SAMPLE_TYPE ",\"predicate\":" SAMPLE_PREDICATE "," SAMPLE_SLSA     \
	",\"subject\":" SAMPLE_SUBJECT "}"

#endif
