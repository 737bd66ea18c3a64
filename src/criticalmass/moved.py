"""Old names, which go on for one release with a warning: names at the top, and modules that moved.

Delete this file with the next release, and what mentions it in ``__init__.py`` and in
``curves/__init__.py``.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAMES = {
    "Allowed": "strategies",
    "Bench": "studies",
    "Coarsen": "signals",
    "DataError": "errors",
    "Design": "risks",
    "Dynamics": "incentives",
    "ErasureBound": "theory",
    "EstimatedBound": "theory",
    "ExactCurve": "theory",
    "ExactRegression": "theory",
    "FeatureLabelBound": "theory",
    "FittedCurve": "fitting",
    "FeatureOnlyBound": "theory",
    "Gain": "strategies",
    "explain": "errors",
    "GradientControlBound": "theory",
    "GradientNeutralizingBound": "theory",
    "Ignore": "strategies",
    "Imperfect": "strategies",
    "Investment": "incentives",
    "JointCurve": "theory",
    "Learner": "learners",
    "Linear": "strategies",
    "ModuleRisk": "risks",
    "MoveToSubgroup": "signals",
    "ParameterError": "errors",
    "PartlyActing": "incentives",
    "PathCurve": "curves",
    "Raise": "strategies",
    "RandomizeLabels": "data",
    "Reach": "strategies",
    "RedactWords": "signals",
    "RegressionBound": "theory",
    "RepeatedCurve": "fitting",
    "Risk": "risks",
    "Row": "studies",
    "Sample": "risks",
    "SigmoidCurve": "fitting",
    "Signal": "signals",
    "StoreError": "errors",
    "Strategy": "strategies",
    "StudyError": "errors",
    "Subsidies": "incentives",
    "SuccessCurve": "curves",
    "Trial": "studies",
    "UtilityBound": "theory",
    "MEASURES": "measures",
    "predicted": "measures.evaluation",
    "quality": "measures.quality",
    "Estimate": "theory",
    "exact_erasure": "theory",
    "exact_feature_label": "theory",
    "exact_feature_only": "theory",
}
"""Names that were at the top, in `curves`, `measures.measure` or `studies.trial`, and where now."""

MODULES = {
    "aligning": ("data.aligning",),
    "columns": ("data.columns",),
    "comparison": (
        "answers.theory",
        "words.theory",
    ),
    "counting": ("data.counting",),
    "curves.bounds": (
        "theory.feature_label",
        "theory.feature_only",
        "theory.erasure",
        "theory.bound",
        "theory.suboptimality",
    ),
    "curves.contests": ("theory.contests",),
    "curves.control": ("theory.gradient_control",),
    "curves.estimated": ("theory.estimates",),
    "curves.exact": ("theory.exact",),
    "curves.fitted": ("fitting.fitted",),
    "curves.guarantee": ("theory.guarantee",),
    "curves.knapsack": ("theory.joint_tv",),
    "curves.likelihood": ("fitting.likelihood",),
    "curves.posterior": ("fitting.posterior",),
    "curves.regression": ("theory.regression",),
    "curves.repeated": ("fitting.repeated",),
    "curves.shifts": ("fitting.shifts",),
    "curves.sigmoid": ("fitting.sigmoid",),
    "curves.steering": (
        "theory.gradient_neutralizing",
        "theory.utility",
        "curves.path",
    ),
    "design": ("risks.design",),
    "differences": ("members.differences",),
    "drafting": ("studies.files.drafting",),
    "edit": ("data.edit",),
    "findings": (
        "answers.finding",
        "words.finding",
    ),
    "gaps": ("data.gaps",),
    "handouts": ("pages.handouts",),
    "instructions": ("members.instructions", "members.following"),
    "labels": ("data.labels",),
    "learners.aggregation": ("learners.descent.aggregation",),
    "learners.bag": ("learners.linear_text.bag",),
    "learners.checkpoints": ("learners.transformer.checkpoints",),
    "learners.classifiers": ("learners.scikit.named_estimators",),
    "learners.clients": ("learners.descent.clients",),
    "learners.direction": ("learners.regressions.direction",),
    "learners.encoders": ("learners.transformer.encoders",),
    "learners.estimators": ("learners.scikit.estimators",),
    "learners.finetuning": ("learners.transformer.finetuning",),
    "learners.logistic": ("learners.regressions.logistic",),
    "learners.newton": ("learners.regressions.newton",),
    "learners.one_for_each": ("learners.scikit.one_for_each",),
    "learners.predictions": ("learners.scikit.predictions",),
    "learners.refusals": ("learners.scikit.refusals",),
    "learners.risk": (
        "learners.risk_minimizer",
        "learners.label_scores",
    ),
    "learners.sequences": ("learners.transformer.sequences",),
    "learners.vocabulary": ("learners.transformer.vocabulary",),
    "losses": ("risks.losses",),
    "matching": ("data.matching",),
    "missing": ("data.missing",),
    "modules": (
        "risks.module_risk",
        "risks.differentiable",
    ),
    "networks": ("risks.networks",),
    "noise": ("data.noise",),
    "parameters": (
        "theory.parameters",
        "intervals.clopper_pearson",
    ),
    "paying": (
        "answers.joining",
        "words.joining",
    ),
    "plan": (
        "members.plan",
        "words.plan",
        "pages.plan",
    ),
    "plots": ("pages.figures.success",),
    "plots_paying": ("pages.figures.joining",),
    "population": ("data.population",),
    "readers": ("data.readers",),
    "records": ("data.records",),
    "report": (
        "pages.report",
        "answers.tables",
        "words.report",
    ),
    "risk": (
        "risks.risk",
        "risks.sample",
    ),
    "signals.erasing": ("signals.erasing_maps",),
    "spelling": ("data.spelling",),
    "strategies.allowed": ("strategies.steering.allowed_records",),
    "strategies.bounded": ("strategies.steering.solvers.records_in_a_box",),
    "strategies.cancelling": ("strategies.steering.solvers.cancelling_gradients",),
    "strategies.control": ("strategies.steering.control",),
    "strategies.erasing": (
        "strategies.erase",
        "strategies.strategy",
    ),
    "strategies.finite": ("strategies.images",),
    "strategies.goals": ("strategies.steering.goals",),
    "strategies.neutralizing": ("strategies.steering.solvers.neutralizing_records",),
    "strategies.redirecting": ("strategies.steering.solvers.redirecting_gradients",),
    "strategies.responding": ("strategies.steering.responses",),
    "strategies.utilities": ("strategies.steering.utilities",),
    "strategies.whole": ("strategies.steering.solvers.whole_people",),
    "studies.catalogue": ("studies.files.catalogue",),
    "studies.code": ("studies.identity.own_code",),
    "studies.costs": ("studies.files.costs",),
    "studies.describe": ("studies.identity.describe",),
    "studies.engines": ("studies.running.engines",),
    "studies.export": ("studies.store.export",),
    "studies.fitting": ("measures.fitting",),
    "studies.foreign": ("studies.identity.foreign",),
    "studies.runner": ("studies.running.runner",),
    "studies.sources": ("studies.files.sources",),
    "studies.store_file": ("studies.store.sqlite",),
    "studies.study_file": ("studies.files.study_file",),
    "success": (
        "measures.known",
        "measures.evaluation",
        "measures.quality",
        "measures.measure",
    ),
    "tables": ("data.finite_table",),
    "wording": (
        "words.numbers",
        "signals.words",
        "strategies.words",
        "learners.words",
        "words.measures",
        "words.placements",
    ),
}
"""Modules that moved, and what has their names now."""


RENAMED = {"make_plan": "plan"}
"""Names that changed with their module."""


def old_name(name: str, room: str = "") -> Any:
    """Return what a name at the top stood for, with a warning that says where it is now.

    Parameters
    ----------
    name
        The name.
    room
        The room that had it, if it was not at the top.

    Raises
    ------
    AttributeError
        If there was no such name.

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     kind = old_name("Coarsen")
    >>> print(caught[0].message)
    criticalmass.Coarsen is now criticalmass.signals.Coarsen; the old name goes with the next
    release
    """
    here = f"{_PACKAGE}.{room}" if room else _PACKAGE
    if name not in NAMES:
        raise AttributeError(f"module {here!r} has no attribute {name!r}")
    _warn(f"{here}.{name}", f"{_PACKAGE}.{NAMES[name]}.{name}", 4)
    return getattr(import_module(f"{_PACKAGE}.{NAMES[name]}"), name)


def old_method(self: object, name: str, function: str) -> Any:
    """Call the function that does now what a method did, with a warning that says which."""
    room, _, called = function.rpartition(".")
    _warn(f"{type(self).__name__}.{name}()", f"{_PACKAGE}.{function}(…)", 4)
    return getattr(import_module(f"{_PACKAGE}.{room}"), called)(self)


def old_field(self: object, name: str, now: str) -> None:
    """Warn of a field that has another name and form now."""
    _warn(f"{type(self).__name__}.{name}", f"{type(self).__name__}.{now}", 4)


def follow() -> None:
    """Let imports of modules that moved find them."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())


_PACKAGE = __name__.partition(".")[0]


def _warn(old: str, new: str, level: int) -> None:
    warnings.warn(
        f"{old} is now {new}; the old name goes with the next release",
        DeprecationWarning,
        stacklevel=level,
    )


def _homes(name: str) -> tuple[str, ...]:
    """Return what has the names of a module now; none if it did not move."""
    folder, _, file = name.rpartition(".")
    if name in MODULES or folder not in MODULES:
        return MODULES.get(name, ())
    return tuple(f"{home}.{file}" for home in MODULES[folder])


class _Finder:
    """Finds modules by their old names, after everything else has not."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.partition(".")
        if package != _PACKAGE or not _homes(name):
            return None
        return ModuleSpec(fullname, _Loader(), is_package=True)  # type: ignore[arg-type]


class _Loader:
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _OldModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module has no names of its own."""


class _OldModule(ModuleType):
    """A module under its old name: it has the names of those that hold them now."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        for home in _homes(self.__name__.partition(".")[2]):
            names = vars(import_module(f"{_PACKAGE}.{home}"))
            now = RENAMED.get(name, name)
            if now in names:
                _warn(f"{self.__name__}.{name}", f"{_PACKAGE}.{home}.{now}", 3)
                setattr(self, name, names[now])  # it is asked twice for what is imported once
                return names[now]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function that has this name now, as `criticalmass.plan` is one."""
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)
