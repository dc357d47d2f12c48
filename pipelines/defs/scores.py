"""Scores: train the candidates, settle who is champion, score and explain."""

import json
from collections.abc import Iterator

import dagster as dg

from pipelines.cut_off import find_cut_off
from pipelines.frames import read_points, read_table, write_table
from pipelines.identity_of_run import code_version
from pipelines.policy import load_models_config, load_policy
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.stage import WRITER_POOL, stage
from pipelines.tables import check_specs, results, spec
from pipelines.training import describe_decision, settle_model

UPSTREAM = {
    "scores.split": ("features.matrix", "cohort.label", "cohort.index_stay"),
    "scores.evaluation": ("features.matrix", "cohort.label", "cohort.index_stay"),
    "scores.risk": ("features.matrix", "cohort.label", "cohort.index_stay"),
    "scores.reason": ("features.matrix", "scores.risk"),
}


@dg.multi_asset(
    specs=[spec(table, deps, "lightgbm", "mlflow") for table, deps in UPSTREAM.items()],
    check_specs=check_specs(list(UPSTREAM)),
    pool=WRITER_POOL,
)
def train_and_score(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Train, register and promote; score with the champion; explain who is on today's list."""
    from models.scoring import current_stays, score
    from models.training import evaluation_table, labelled_rows

    with stage(homeward, "scores", "training candidates") as clock:
        home, policy = homeward.at, load_policy(homeward.settings)
        matrix, labels = read_points(home), read_table(home, "cohort.label")
        stays = read_table(home, "cohort.index_stay")
        as_of = find_cut_off(home.lake, homeward.requested_as_of)
        settled = settle_model(
            matrix, labels, stays, load_models_config(), homeward.settings, as_of,
            listing_window_days=policy.listing.window_days, code_version=code_version(),
            tracking_uri=home.tracking_uri, artifacts=home.artifacts, is_simulated=homeward.source == "simulated",
        )  # fmt: skip
        announce("scores", f"scoring with {settled.champion.model_version}")
        judged = labelled_rows(matrix, labels, settled.split.stays("is_evaluation"))
        candidates = {**settled.candidates, settled.champion.model_name: settled.champion}
        write_table(home, "scores.split", settled.split.table)
        write_table(home, "scores.evaluation", evaluation_table(candidates, judged))
        write_table(home, "scores.risk", score(settled.champion, matrix, labels, settled.split))
        write_table(
            home, "scores.reason", settled.champion.reasons(current_stays(settled.split, matrix), policy.reasons.most)
        )
        (home.lake / "scores" / "decision.json").write_text(json.dumps(describe_decision(settled), indent=1), "utf-8")
        home.refresh_views()
        extra = {"scores.risk": {"model_version": settled.champion.model_version, "decision": settled.decision}}
        yield from results(home, list(UPSTREAM), clock.seconds, extra)
