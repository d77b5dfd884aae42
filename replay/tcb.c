/* SPDX-License-Identifier: Apache-2.0 */
/* Levels found, statuses merged, distances counted. */
#include "replay/tcb.h"

/* QVL: components 0 and 1 of TEE_TCB_SVN belong to the module identity as
 * soon as SVN[1] names one. */
static unsigned int first_tdx_component(const uint8_t *svn)
{
	return svn[1] > 0 ? 2 : 0;
}

size_t rp_level_shortfalls(const struct ev_tcb_level *level,
			   const struct ev_pck *pck, const uint8_t *svn,
			   struct rp_shortfall out[RP_SHORTFALLS_MAX])
{
	size_t n = 0;

	for (unsigned int i = 0; i < 16; i++)
		if (pck->components[i] < level->sgx[i])
			out[n++] = (struct rp_shortfall){ "sgx", i + 1,
							  pck->components[i],
							  level->sgx[i] };
	if (pck->pcesvn < level->pcesvn)
		out[n++] = (struct rp_shortfall){ "pcesvn", 0, pck->pcesvn,
						  level->pcesvn };
	if (svn == NULL)
		return n;
	for (unsigned int i = first_tdx_component(svn); i < 16; i++)
		if (svn[i] < level->tdx[i])
			out[n++] = (struct rp_shortfall){ "tdx", i + 1, svn[i],
							  level->tdx[i] };
	return n;
}

static const struct rp_level no_level = { .status = EV_TCB_NOT_SUPPORTED };

struct rp_level rp_platform_level(const struct ev_tcb_info *info,
				  const struct ev_pck *pck, const uint8_t *svn)
{
	struct rp_shortfall unused[RP_SHORTFALLS_MAX];

	for (size_t i = 0; i < info->n_levels; i++) {
		const struct ev_tcb_level *level = &info->levels[i];

		if (rp_level_shortfalls(level, pck, svn, unused) > 0)
			continue;
		return (struct rp_level){ level->status, level->date,
					  level->position, &level->advisories };
	}
	return no_level;
}

static struct rp_level isvsvn_level(const struct ev_isvsvn_level *levels,
				    size_t n, uint16_t isvsvn)
{
	for (size_t i = 0; i < n; i++)
		if (isvsvn >= levels[i].isvsvn)
			return (struct rp_level){ levels[i].status,
						  levels[i].date,
						  levels[i].position,
						  &levels[i].advisories };
	return no_level;
}

const struct ev_module_identity *
rp_module_identity(const struct ev_tcb_info *info, uint8_t version)
{
	for (size_t i = 0; i < info->n_modules; i++)
		if (info->modules[i].version == version)
			return &info->modules[i];
	return NULL;
}

struct rp_module_level rp_module_level(const struct ev_tcb_info *info,
				       const uint8_t svn[16])
{
	struct rp_module_level out = {
		.applies = svn[1] > 0,
		.version = svn[1],
		.svn = svn[0],
		.level = no_level,
	};
	const struct ev_module_identity *id;

	if (!out.applies)
		return out;
	id = rp_module_identity(info, svn[1]);
	if (id != NULL)
		out.level = isvsvn_level(id->levels, id->n_levels, svn[0]);
	return out;
}

struct rp_level rp_qe_level(const struct ev_qe_identity *identity,
			    uint16_t isvsvn)
{
	return isvsvn_level(identity->levels, identity->n_levels, isvsvn);
}

static bool needs_configuration(enum ev_tcb_status s)
{
	return s == EV_TCB_CONFIGURATION ||
	       s == EV_TCB_CONFIGURATION_SW_HARDENING ||
	       s == EV_TCB_OUT_OF_DATE_CONFIGURATION;
}

enum ev_tcb_status rp_merge(enum ev_tcb_status platform,
			    enum ev_tcb_status component)
{
	if (platform == EV_TCB_NOT_SUPPORTED ||
	    component == EV_TCB_NOT_SUPPORTED)
		return EV_TCB_NOT_SUPPORTED;
	if (platform == EV_TCB_REVOKED || component == EV_TCB_REVOKED)
		return EV_TCB_REVOKED;
	if (component != EV_TCB_OUT_OF_DATE)
		return platform;
	if (platform == EV_TCB_UP_TO_DATE || platform == EV_TCB_SW_HARDENING)
		return EV_TCB_OUT_OF_DATE;
	if (needs_configuration(platform))
		return EV_TCB_OUT_OF_DATE_CONFIGURATION;
	return platform;
}

/* Of one TEE_TCB_SVN; a module that does not apply turns nothing. */
static enum ev_tcb_status merge_levels(const struct rp_level *platform,
				       const struct rp_module_level *module,
				       const struct rp_level *qe)
{
	enum ev_tcb_status s = platform->status;

	if (module->applies)
		s = rp_merge(s, module->level.status);
	return rp_merge(s, qe->status);
}

/* QVL 2026: a relaunch is advised where what was launched is out of date and
 * what is loaded now is not. */
static enum ev_tcb_status relaunch(enum ev_tcb_status launch,
				   enum ev_tcb_status current)
{
	bool launch_old = launch == EV_TCB_OUT_OF_DATE ||
			  launch == EV_TCB_OUT_OF_DATE_CONFIGURATION;
	bool current_good = current == EV_TCB_UP_TO_DATE ||
			    current == EV_TCB_SW_HARDENING ||
			    current == EV_TCB_CONFIGURATION ||
			    current == EV_TCB_CONFIGURATION_SW_HARDENING;

	if (launch == EV_TCB_NOT_SUPPORTED || current == EV_TCB_NOT_SUPPORTED)
		return EV_TCB_NOT_SUPPORTED;
	if (!launch_old || !current_good)
		return launch;
	if (needs_configuration(launch) || needs_configuration(current))
		return EV_TCB_RELAUNCH_ADVISED_CONFIGURATION;
	return EV_TCB_RELAUNCH_ADVISED;
}

static int64_t earliest(int64_t date, const struct rp_level *level)
{
	return level->advisories != NULL && level->date < date ? level->date
							       : date;
}

struct rp_tcb rp_tcb_evaluate(const struct ev_tcb_info *info,
			      const struct ev_qe_identity *identity,
			      const struct ev_pck *pck, const uint8_t *svn,
			      const uint8_t *svn2, uint16_t qe_isvsvn)
{
	struct rp_tcb out = {
		.platform = rp_platform_level(info, pck, svn),
		.qe = rp_qe_level(identity, qe_isvsvn),
	};

	if (svn != NULL)
		out.module = rp_module_level(info, svn);
	out.launch = merge_levels(&out.platform, &out.module, &out.qe);
	out.current = out.launch;
	out.status = out.launch;
	if (svn2 != NULL) {
		out.has_current = true;
		out.current_platform = rp_platform_level(info, pck, svn2);
		out.current_module = rp_module_level(info, svn2);
		out.current = merge_levels(&out.current_platform,
					   &out.current_module, &out.qe);
		out.status = relaunch(out.launch, out.current);
	}
	out.date = earliest(INT64_MAX, &out.platform);
	out.date = earliest(out.date, &out.qe);
	if (out.module.applies)
		out.date = earliest(out.date, &out.module.level);
	return out;
}
