"""Every form a member may have says in ONNX what it says in training; what cannot is refused."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from xgboost import XGBClassifier, XGBRegressor

from learnable import PITCHES
from segue.errors import InternalError
from segue.models.graphs import opened, run
from segue.training import members
from segue.training.conversion import chances, regression
from segue.training.fronts import Gaussian, Winsor
from segue.training.graph import Graph
from segue.training.profiles import Profiles
from segue.training.rotations import levels

WIDTH, TARGETS = 20, 3
_random = np.random.default_rng(5)
LEARNED = _random.standard_t(3, size=(150, WIDTH)).astype(np.float32)
ASKED = _random.standard_t(2, size=(300, WIDTH)).astype(np.float32)
TRUTH = LEARNED[:, :TARGETS] + np.sin(LEARNED[:, 3:6]) + 0.1 * _random.normal(size=(150, TARGETS))
CODES = np.digitize(LEARNED[:, 0] + LEARNED[:, 1], [-1.0, 0.0, 1.0])

BOOSTING = {"n_estimators": 30, "max_depth": 4, "n_jobs": 1, "tree_method": "hist"}
EACH = MultiOutputRegressor
NUMBERS = {
    "ridge": lambda: [Gaussian(), Ridge(3.0)],
    "ridge behind components": lambda: [Winsor(), PCA(6, svd_solver="full"), Ridge(3.0)],
    "ridge behind a scaler": lambda: [StandardScaler(), Ridge(3.0)],
    "lasso of all": lambda: [Winsor(), Lasso(0.01)],
    "lasso of each": lambda: [Winsor(), EACH(Lasso(0.01))],
    "elastic net": lambda: [Gaussian(), EACH(ElasticNet(0.01))],
    "svm": lambda: [Gaussian(), EACH(SVR(C=30.0, gamma=0.02))],
    "svm behind components": lambda: [Gaussian(), PCA(6), EACH(SVR(C=3.0))],
    "linear svm": lambda: [Winsor(), EACH(SVR(kernel="linear", C=0.1))],
    "forest": lambda: [RandomForestRegressor(20, min_samples_leaf=2, random_state=1)],
    "extra trees": lambda: [ExtraTreesRegressor(20, min_samples_leaf=2, random_state=1)],
    "forest behind a front": lambda: [Winsor(), RandomForestRegressor(20, random_state=1)],
    "boosted": lambda: [EACH(XGBRegressor(**BOOSTING, random_state=1))],
    "boosted behind a front": lambda: [Gaussian(), EACH(XGBRegressor(**BOOSTING))],
    "boosted quantile": lambda: [
        EACH(XGBRegressor(objective="reg:quantileerror", quantile_alpha=0.05, **BOOSTING))
    ],
}
CLASSES = {
    "logistic": lambda: [Gaussian(), LogisticRegression(C=0.1, max_iter=500)],
    "forest": lambda: [RandomForestClassifier(20, min_samples_leaf=2, random_state=1)],
    "boosted": lambda: [XGBClassifier(**BOOSTING, random_state=1)],
    "svm": lambda: [Winsor(), CalibratedClassifierCV(SVC(C=20.0), cv=3, ensemble=False)],
    "svm of many parts": lambda: [Winsor(), CalibratedClassifierCV(SVC(C=2.0), cv=2)],
}


def said(pipeline: object, *, count: int, probabilities: bool = False) -> np.ndarray:
    graph = Graph("features", ASKED.shape[1])
    result = (chances if probabilities else regression)(graph, pipeline, "features")
    model = graph.finished({"value": (result, count)})
    return run(opened(model.SerializeToString()), ASKED)["value"]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_member_of_numbers_says_the_same(name: str) -> None:
    pipeline = make_pipeline(*NUMBERS[name]()).fit(LEARNED, TRUTH)
    np.testing.assert_allclose(
        said(pipeline, count=TARGETS), pipeline.predict(ASKED), rtol=0, atol=3e-5
    )


@pytest.mark.parametrize("name", ["ridge", "svm", "forest", "boosted"])
def test_a_member_of_one_number_says_the_same(name: str) -> None:
    truth = TRUTH[:, :1] if name != "forest" else TRUTH[:, 0]
    pipeline = make_pipeline(*NUMBERS[name]()).fit(LEARNED, truth)
    wanted = pipeline.predict(ASKED).reshape(-1, 1)
    np.testing.assert_allclose(said(pipeline, count=1), wanted, rtol=0, atol=3e-5)


@pytest.mark.parametrize("edges", [1, 3], ids=["two classes", "four classes"])
@pytest.mark.parametrize("name", CLASSES)
def test_a_member_of_classes_says_the_same(name: str, edges: int) -> None:
    codes = CODES if edges == 3 else (CODES > 1).astype(int)
    pipeline = make_pipeline(*CLASSES[name]()).fit(LEARNED, codes)
    wanted = pipeline.predict_proba(ASKED)
    there = said(pipeline, count=edges + 1, probabilities=True)
    np.testing.assert_allclose(there, wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("member", members.NUMBERS, ids=lambda member: member.name)
def test_every_member_of_numbers_there_is_can_be_exported(member: members.Member) -> None:
    pipeline = member.build(member.start, LEARNED.shape, 1).fit(LEARNED, TRUTH)
    np.testing.assert_allclose(
        said(pipeline, count=TARGETS), pipeline.predict(ASKED), rtol=0, atol=3e-5
    )


@pytest.mark.parametrize("member", members.CLASSES, ids=lambda member: member.name)
def test_every_member_of_classes_there_is_can_be_exported(member: members.Member) -> None:
    pipeline = member.build(member.start, LEARNED.shape, 1).fit(LEARNED, CODES)
    there = said(pipeline, count=4, probabilities=True)
    np.testing.assert_allclose(there, pipeline.predict_proba(ASKED), rtol=0, atol=1e-5)


def test_trees_behind_key_profiles_say_the_same() -> None:
    names = (*PITCHES, *(f"timbre{place}" for place in range(8)))
    front = Profiles(levels(names))
    pipeline = make_pipeline(front, RandomForestClassifier(20, random_state=1)).fit(LEARNED, CODES)
    there = said(pipeline, count=4, probabilities=True)
    apart = np.abs(there - pipeline.predict_proba(ASKED)).max(axis=1)
    assert (apart <= 1e-4).mean() >= 0.99


def test_boosted_trees_of_several_targets_at_once_are_refused() -> None:
    joint = make_pipeline(XGBRegressor(**BOOSTING)).fit(LEARNED, TRUTH)
    with pytest.raises(InternalError, match=r"several targets at once.*MultiOutputRegressor"):
        said(joint, count=TARGETS)


def test_classes_that_are_not_called_by_their_codes_are_refused() -> None:
    model = make_pipeline(Winsor(), LogisticRegression()).fit(LEARNED, CODES + 1)
    with pytest.raises(InternalError, match=r"\[1, 2, 3, 4\]"):
        said(model, count=4, probabilities=True)


def test_a_front_that_several_members_share_is_computed_once() -> None:
    graph = Graph("features", WIDTH)
    first = make_pipeline(Gaussian(), Ridge()).fit(LEARNED, TRUTH)
    second = make_pipeline(Gaussian(), Lasso(0.1)).fit(LEARNED, TRUTH)
    results = [regression(graph, each, "features") for each in (first, second)]
    both = graph.add("Concat", *results, axis=1)
    model = graph.finished({"value": (both, 2 * TARGETS)})
    assert [node.op_type for node in model.graph.node].count("GreaterOrEqual") == 1


def test_what_nobody_asks_for_is_left_out() -> None:
    pipeline = make_pipeline(Winsor(), LogisticRegression()).fit(LEARNED, CODES)
    graph = Graph("features", WIDTH)
    chances(graph, make_pipeline(Gaussian(), LogisticRegression()).fit(LEARNED, CODES), "features")
    result = chances(graph, pipeline, "features")
    model = graph.finished({"value": (result, 4)})
    operations = {node.op_type for node in model.graph.node}
    assert "GreaterOrEqual" not in operations
    assert len(model.graph.initializer) < 12
