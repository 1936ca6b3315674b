"""Members: the models of level 0, what may be searched of each, and where each starts.

Every member is a pipeline on raw features. A linear model or a support vector machine sees them
through a front of its own (`segue.training.fronts`: z-scored and clipped, or brought to a normal
distribution column by column) and, where the search wants it, through the first principal
components alone. Trees see them as they are: scaling changes nothing for them, and a scaled tree
compares other float32 numbers in ONNX than in training.

The starting parameters are the first trial of every search. `Member.suggest` says what may be
tried beside them.

A forest is one of two kinds, and the search chooses: random (each tree from a draw of the tracks,
cut where it is best) or extremely randomised (all tracks, cuts drawn too), which starts.

References: Breiman, *Stacked regressions*, 1996 (why unlike members); Breiman, *Random forests*,
2001; Geurts, Ernst and Wehenkel, *Extremely randomized trees*, 2006; Chen and Guestrin, *XGBoost*,
2016; Smola and Schölkopf, *A tutorial on support vector regression*, 2004; Zou and Hastie,
*Regularization and variable selection via the elastic net*, 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from optuna import Trial

TREES = 200
"""Trees of a forest."""

ROUNDS = 300
"""Trees of a boosted model, for each number or class."""


@dataclass(frozen=True, slots=True)
class Member:
    """One kind of model.

    Attributes
    ----------
    name
        The word for it in reports.
    start
        Parameters it starts with.
    suggest
        From a trial to parameters: everything that may be tried.
    build
        From parameters, the shape of what it will be fitted to (rows, features) and a seed to an
        unfitted pipeline.
    """

    name: str
    start: Mapping[str, Any]
    suggest: Callable[[Trial], dict[str, Any]]
    build: Callable[[Mapping[str, Any], tuple[int, int], int], Any]


def _front(params: Mapping[str, Any], shape: tuple[int, int]) -> list[Any]:
    """What stands before a linear model or a machine of support vectors."""
    from sklearn.decomposition import PCA

    from segue.training.fronts import Gaussian, Winsor

    steps: list[Any] = [Gaussian() if params["front"] == "gaussian" else Winsor()]
    if params["components"]:
        steps.append(PCA(_width(params, shape), svd_solver="full"))
    return steps


def _width(params: Mapping[str, Any], shape: tuple[int, int]) -> int:
    """How many numbers are left behind the front; never more components than there can be."""
    return min(params["components"], *shape) if params["components"] else shape[1]


def _suggest_front(trial: Trial) -> dict[str, Any]:
    return {
        "front": trial.suggest_categorical("front", ["gaussian", "winsor"]),
        "components": trial.suggest_categorical("components", [0, 50, 120]),
    }


def _piped(steps: list[Any]) -> Any:  # noqa: ANN401 (scikit-learn has no types)
    from sklearn.pipeline import make_pipeline

    return make_pipeline(*steps)


def _each(model: Any) -> Any:  # noqa: ANN401
    """One such model for every target of the group."""
    from sklearn.multioutput import MultiOutputRegressor

    return MultiOutputRegressor(model)


def _svm(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.svm import SVR

    machine = SVR(
        C=params["C"], gamma=params["gamma"] / _width(params, shape), epsilon=params["epsilon"]
    )
    return _piped([*_front(params, shape), _each(machine)])


def _ridge(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.linear_model import Ridge

    return _piped([*_front(params, shape), Ridge(alpha=params["alpha"])])


def _lasso(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.linear_model import Lasso

    return _piped(
        [*_front(params, shape), _each(Lasso(alpha=params["alpha"], max_iter=_STEPS, tol=_TOL))]
    )


def _elasticnet(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.linear_model import ElasticNet

    net = ElasticNet(alpha=params["alpha"], l1_ratio=params["l1_ratio"], max_iter=_STEPS, tol=_TOL)
    return _piped([*_front(params, shape), _each(net)])


def _forest(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

    kinds = {"random": RandomForestRegressor, "extra": ExtraTreesRegressor}
    return _piped([kinds[params["kind"]](random_state=seed, **_growing(params))])


def _growing(params: Mapping[str, Any]) -> dict[str, Any]:
    """How a forest grows, as scikit-learn calls it."""
    rest = {name: value for name, value in params.items() if name != "kind"}
    return {"n_estimators": TREES, **rest}


def _boosted(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from xgboost import XGBRegressor

    model = XGBRegressor(n_estimators=ROUNDS, random_state=seed, **_BOOSTING, **params)
    return _piped([_each(model)])


def _forest_of_classes(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

    kinds = {"random": RandomForestClassifier, "extra": ExtraTreesClassifier}
    return _piped([kinds[params["kind"]](random_state=seed, **_growing(params))])


def _boosted_classes(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from xgboost import XGBClassifier

    return _piped([XGBClassifier(n_estimators=ROUNDS, random_state=seed, **_BOOSTING, **params)])


def _svm_of_classes(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    machine = SVC(C=params["C"], gamma=params["gamma"] / _width(params, shape))
    parts = StratifiedKFold(CALIBRATION, shuffle=True, random_state=seed)
    calibrated = CalibratedClassifierCV(machine, method="sigmoid", cv=parts, ensemble=False)
    return _piped([*_front(params, shape), calibrated])


def _logistic(params: Mapping[str, Any], shape: tuple[int, int], seed: int) -> Any:  # noqa: ANN401, ARG001
    from sklearn.linear_model import LogisticRegression

    return _piped([*_front(params, shape), LogisticRegression(C=params["C"], max_iter=_ITERATIONS)])


_STEPS, _TOL, _ITERATIONS = 2_000, 1e-3, 5_000
_BOOSTING = MappingProxyType({"tree_method": "hist", "max_bin": 64, "n_jobs": 1, "verbosity": 0})

CALIBRATION = 3
"""Parts in which a machine of support vectors learns its probabilities; each class needs as many
members."""


def _suggest_alpha(trial: Trial, low: float, high: float) -> dict[str, Any]:
    return {"alpha": trial.suggest_float("alpha", low, high, log=True), **_suggest_front(trial)}


def _suggest_machine(trial: Trial) -> dict[str, Any]:
    return {
        "C": trial.suggest_float("C", 0.3, 30.0, log=True),
        "gamma": trial.suggest_float("gamma", 0.03, 1.5, log=True),
        **_suggest_front(trial),
    }


def _suggest_trees(trial: Trial) -> dict[str, Any]:
    return {
        "kind": trial.suggest_categorical("kind", ["extra", "random"]),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 2, 10),
        "max_features": trial.suggest_float("max_features", 0.04, 0.4, log=True),
    }


def _suggest_boosting(trial: Trial) -> dict[str, Any]:
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.15, log=True),
        "max_depth": trial.suggest_int("max_depth", 2, 6),
        "min_child_weight": trial.suggest_float("min_child_weight", 1.0, 20.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.05, 0.5, log=True),
        "reg_lambda": trial.suggest_float("reg_lambda", 0.5, 30.0, log=True),
    }


_TREES_START = {"kind": "extra", "min_samples_leaf": 2, "max_features": 0.2}
_BOOSTING_START = {
    "learning_rate": 0.05,
    "max_depth": 4,
    "min_child_weight": 5.0,
    "subsample": 0.7,
    "colsample_bytree": 0.2,
    "reg_lambda": 5.0,
}
_PLAIN_FRONT = {"front": "gaussian", "components": 0}

NUMBERS: tuple[Member, ...] = (
    Member("forest", _TREES_START, _suggest_trees, _forest),
    Member("boosted", _BOOSTING_START, _suggest_boosting, _boosted),
    Member(
        "svm",
        {"C": 3.0, "gamma": 0.3, "epsilon": 0.1, **_PLAIN_FRONT},
        lambda trial: {
            "epsilon": trial.suggest_float("epsilon", 0.01, 0.3, log=True),
            **_suggest_machine(trial),
        },
        _svm,
    ),
    Member(
        "ridge",
        {"alpha": 100.0, **_PLAIN_FRONT},
        lambda trial: _suggest_alpha(trial, 3.0, 3_000.0),
        _ridge,
    ),
    Member(
        "lasso",
        {"alpha": 0.01, "front": "winsor", "components": 0},
        lambda trial: _suggest_alpha(trial, 0.001, 0.05),
        _lasso,
    ),
    Member(
        "elasticnet",
        {"alpha": 0.02, "l1_ratio": 0.3, **_PLAIN_FRONT},
        lambda trial: {
            "l1_ratio": trial.suggest_float("l1_ratio", 0.05, 0.95),
            **_suggest_alpha(trial, 0.002, 0.2),
        },
        _elasticnet,
    ),
)
"""The six members for numbers."""

CLASSES: tuple[Member, ...] = (
    Member("forest", _TREES_START, _suggest_trees, _forest_of_classes),
    Member("boosted", _BOOSTING_START, _suggest_boosting, _boosted_classes),
    Member("svm", {"C": 3.0, "gamma": 0.3, **_PLAIN_FRONT}, _suggest_machine, _svm_of_classes),
    Member(
        "logistic",
        {"C": 0.01, **_PLAIN_FRONT},
        lambda trial: {"C": trial.suggest_float("C", 1e-4, 1.0, log=True), **_suggest_front(trial)},
        _logistic,
    ),
)
"""The four members for classes."""
