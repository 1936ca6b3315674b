"""Every metric by name: what it takes, which way is better, what it says.

The equations stand beside the functions: `segue.evaluation.numbers`, `classes`, `keys` and
`coverage`. Each takes true values and predictions of its kind and, where wanted, weights:

========  =========================================  =======================================
kind      true                                       predicted
========  =========================================  =======================================
number    values, shape (n,), NaN where unknown      values, shape (n,)
class     codes, shape (n,), NaN where unknown       probabilities, shape (n, k)
interval  values, shape (n,), NaN where unknown      low and high, shape (n, 2)
key       whole keys, shape (n,), NaN where unknown  whole keys, shape (n,)
========  =========================================  =======================================
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

from segue.evaluation import classes, coverage, keys, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.types import Floats

Kind = Literal["number", "class", "interval", "key"]


class Function(Protocol):
    """What computes a metric; see the module for shapes."""

    def __call__(
        self, true: Floats, predicted: Floats, /, *, weights: Floats | None = None
    ) -> Floats:
        """The metric, of the shape of the weights without their last axis."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes
    ----------
    name
        In JSON and CSV.
    label
        On pages and pictures.
    kind
        What it takes.
    of
        The function.
    better
        1 where more is better, -1 where less is, 0 where neither is good by itself.
    unit
        Whether it has the unit of the target, so that two targets cannot be averaged.
    """

    name: str
    label: str
    kind: Kind
    of: Function
    better: int = 1
    unit: bool = False


_ALL = (
    Metric("r2", "R²", "number", numbers.r2),
    Metric("mae", "MAE", "number", numbers.mae, better=-1, unit=True),
    Metric("rmse", "RMSE", "number", numbers.rmse, better=-1, unit=True),
    Metric("spearman", "Spearman", "number", numbers.spearman),
    Metric("accuracy", "accuracy", "class", classes.accuracy),
    Metric("balanced_accuracy", "balanced accuracy", "class", classes.balanced_accuracy),
    Metric("f1_macro", "macro F1", "class", classes.f1_macro),
    Metric("f1_weighted", "weighted F1", "class", classes.f1_weighted),
    Metric("precision_macro", "macro precision", "class", classes.precision_macro),
    Metric("precision_weighted", "weighted precision", "class", classes.precision_weighted),
    Metric("recall_macro", "macro recall", "class", classes.recall_macro),
    Metric("recall_weighted", "weighted recall", "class", classes.recall_weighted),
    Metric("roc_auc", "ROC AUC", "class", classes.roc_auc),
    Metric("log_loss", "log loss", "class", classes.log_loss, better=-1),
    Metric("mirex", "MIREX", "key", keys.mirex),
    Metric("coverage", "coverage", "interval", coverage.coverage, better=0),
    Metric("width", "width", "interval", coverage.width, better=0, unit=True),
    Metric("coverage_top", "coverage, top quarter", "interval", coverage.coverage_top, better=0),
    Metric("width_top", "width, top quarter", "interval", coverage.width_top, better=0, unit=True),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""Every metric by name, in the order in which they are told."""

FIRST: Mapping[str, str] = MappingProxyType({"number": "r2", "class": "accuracy"})
"""The metric by which models are compared, by the kind of the target."""


def of_kind(kind: Kind) -> tuple[Metric, ...]:
    """The metrics that take predictions of this kind."""
    return tuple(metric for metric in _ALL if metric.kind == kind)
