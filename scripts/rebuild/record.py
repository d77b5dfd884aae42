# SPDX-License-Identifier: Apache-2.0
"""What is written down of a rebuild: SLSA provenance v1, and beside it what was varied and what came out."""

import platform
import uuid

import comparison
import dependency
import surroundings

BUILD_TYPE = "urn:ecart:rebuild:recipe:1"
BUILDER = "urn:ecart:rebuild:driver:1"
FORMAT = "ecart-build/1"


def _byproduct(artifact, run):
    found = {"name": f"{run}/{artifact.name}", "digest": {"sha256": artifact.sha256}}
    found["annotations"] = {f"{row['platform']}.{row['register']}": row["value"] for row in artifact.measurements}
    return found


def predicate(recipe, resolved, builds, artifacts):
    """The predicate of an in-toto Statement of the type https://slsa.dev/provenance/v1."""
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {"product": recipe.product, "version": recipe.version, "source": recipe.source,
                                   "recipe": {"sha256": recipe.sha256}, "parameters": recipe.chosen},
            "internalParameters": {"confined": builds[0].confined, "ownNetwork": surroundings.is_root(),
                                   "machine": platform.machine(), "kernel": platform.release()},
            "resolvedDependencies": resolved,
        },
        "runDetails": {
            "builder": {"id": BUILDER, "version": {"ecart": comparison.ecart("--version").split("\n")[0].split()[-1],
                                                   "python": platform.python_version()},
                        "builderDependencies": dependency.tools(recipe)},
            "metadata": {"invocationId": "urn:uuid:" + str(uuid.uuid4()), "startedOn": builds[0].begun,
                         "finishedOn": builds[-1].ended},
            "byproducts": [_byproduct(artifact, build.run) for artifact, build in zip(artifacts, builds)],
        },
    }


def _run(build, artifact):
    plan = build.plan
    return {
        "run": build.run, "begun": build.begun, "ended": build.ended,
        "surroundings": {name: values[build.run == surroundings.SECOND] for name, values in plan.varied.items()},
        "artifact": {"name": artifact.name, "size": artifact.size, "sha256": artifact.sha256,
                     "measurements": artifact.measurements},
    }


def compared(found):
    if found is None:
        return {"compared": False}
    rows = {"compared": True, "identical": found.identical, "bytesDiffering": found.differing}
    if not found.identical:
        rows.update(firstDifference=found.first, says=found.sentence)
    return rows


def document(recipe, resolved, plan, builds, artifacts, outcome):
    """All of it: members that are absent do not apply."""
    return {
        "build": FORMAT,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": predicate(recipe, resolved, builds, artifacts),
        "runs": [_run(build, artifact) for build, artifact in zip(builds, artifacts)],
        "held": plan.held,
        "outcome": outcome,
    }
