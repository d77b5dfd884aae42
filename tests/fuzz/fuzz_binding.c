/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what a manifest says of nonces, withheld items and steps. */
#include "evidence/binding.h"
#include "evidence/collector.h"
#include "evidence/limits.h"
#include "evidence/redactions.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ev_error err = { 0 }, other = { 0 }, third = { 0 };
	struct ev_nodes nodes = { 0 };
	struct ev_redactions redactions;
	struct ev_collector collector;
	struct ev_binding binding;

	if (ev_nodes_parse(ev_span_of(bytes, n), EV_MANIFEST_MAX, "fuzz",
			   &nodes, &err) != EV_OK)
		return 0;
	if (ev_binding_parse(nodes.root, &binding, &err) == EV_OK)
		ev_binding_free(&binding);
	if (ev_redactions_parse(nodes.root, &redactions, &other) == EV_OK)
		ev_redactions_free(&redactions);
	if (ev_collector_parse(nodes.root, &collector, &third) == EV_OK)
		ev_collector_free(&collector);
	ev_nodes_free(&nodes);
	return 0;
}
