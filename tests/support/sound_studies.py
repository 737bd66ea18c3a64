"""Studies of a small table that are sound by construction: all get past validation.

The table is `RECORDS`: ages from 20 to 59, hours from 0.5 to 6.5, and who was hired, two in three.
"""

from hypothesis import strategies as st

RECORDS = "age,hours,hired\n" + "".join(
    f"{20 + at % 40},{at % 7}.5,{'yes' if at % 3 else 'no'}\n" for at in range(90)
)
"""The table, as CSV: 90 records."""

shares = st.floats(0.05, 0.2, exclude_min=True)  # more than one person, and fewer than say "no"
names = st.text(min_size=1, max_size=20).filter(str.strip)
hours = st.integers(0, 6).map(lambda hour: hour + 0.5)
estimators = {
    "linear_model.LogisticRegression": st.fixed_dictionaries({"C": st.floats(0.01, 100)}),
    "naive_bayes.GaussianNB": st.just({}),
    "tree.DecisionTreeClassifier": st.fixed_dictionaries({"max_depth": st.integers(1, 9)}),
    "neighbors.KNeighborsClassifier": st.fixed_dictionaries({"n_neighbors": st.integers(1, 9)}),
}
learners = st.one_of(
    st.just({"kind": "bayes-optimal"}),
    st.fixed_dictionaries(
        {"kind": st.just("boosted-trees"), "max_iter": st.integers(1, 5)},
        optional={"learning_rate": st.floats(0.01, 1)},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("risk-minimizer"), "loss": st.just("logistic")},
        optional={"l2": st.floats(0.001, 10), "intercept": st.booleans()},
    ),
    st.sampled_from(sorted(estimators)).flatmap(
        lambda name: st.fixed_dictionaries(
            {
                "kind": st.just("scikit"),
                "estimator": st.just(f"sklearn.{name}"),
                "parameters": estimators[name],
            }
        )
    ),
)
planted = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("set-columns"),
            "values": st.fixed_dictionaries(
                {"age": st.integers(-(2**31), 2**31)}, optional={"hours": hours}
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("move-to-subgroup"),
            "where": st.fixed_dictionaries({"hours": hours}),
        }
    ),
)
erased = st.one_of(
    st.just({"kind": "drop-column", "column": "hours"}),
    st.lists(st.integers(21, 58), min_size=1, max_size=3, unique=True).map(
        lambda edges: {"kind": "coarsen", "column": "age", "edges": sorted(edges)}
    ),
)
slips = {"inactive": st.floats(0, 0.9), "mislabel": st.floats(0, 1)}
strategies = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["feature-label", "feature-only"]),
            "target_label": st.sampled_from(["yes", "no"]),
            "signal": planted,
        },
        optional={"recruit": st.sampled_from(["everyone", "target"]), **slips},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("erase"), "signal": erased},
        optional={"knowledge": st.sampled_from(["pooled", "known"]), **slips},
    ),
)
placements = st.one_of(
    st.fixed_dictionaries(
        {"alphas": st.lists(shares, min_size=1, max_size=3, unique=True)},
        optional={"repetitions": st.integers(1, 2)},
    ),
    st.fixed_dictionaries(
        {
            "low": st.just(0.05),
            "high": st.floats(0.1, 0.2),
            "points": st.integers(2, 4),
            "repetitions": st.integers(1, 2),
        }
    ),
    st.fixed_dictionaries({"most": st.just(16)}),
)
costs = st.one_of(
    st.floats(0.001, 1),
    st.fixed_dictionaries({"distribution": st.sampled_from(["expon", "uniform"])}),
    st.fixed_dictionaries({"column": st.just("age"), "each": st.floats(0.001, 1)}),
)

rarely = {
    "seed": st.integers(-(2**63), 2**63 - 1),
    "success": st.fixed_dictionaries({"target": st.floats(0.01, 0.99)}),
    "incentives": st.fixed_dictionaries({"cost": costs}, optional={"free_ride": st.floats(0, 1)}),
}
split = {
    "test": st.integers(10, 20),
    "seed": st.integers(0, 2**63 - 1),
    "randomize_labels": st.floats(0, 1),
    "missing": st.sampled_from(["refuse", "keep"]),
    "resampled": st.booleans(),
}
studies_of_labels = st.fixed_dictionaries(
    {
        "name": st.text(max_size=20),
        "population": st.fixed_dictionaries(
            {"file": st.just("people.csv"), "label": st.just("hired")}, optional=split
        ),
        "learner": learners,
        "strategies": st.lists(
            st.tuples(names, strategies),
            min_size=1,
            max_size=2,
            unique_by=(lambda pair: pair[0], lambda pair: repr(pair[1]["signal"])),
        ).map(dict),
        "placement": placements,
    },
    optional=rarely,
)
numbers = st.fixed_dictionaries(
    {
        "kind": st.just("feature-number"),
        "target_value": st.floats(0, 7),
        "signal": st.fixed_dictionaries(
            {
                "kind": st.just("set-columns"),
                "values": st.fixed_dictionaries({"age": st.integers(-(2**31), 2**31)}),
            }
        ),
        "tolerance": st.floats(0.01, 1e6),
    },
    optional={"moved_by": st.sampled_from([-1e9, -0.5, 0.25, 2]), **slips},
)
studies_of_numbers = st.fixed_dictionaries(
    {
        "name": st.text(max_size=20),
        "population": st.fixed_dictionaries(
            {
                "file": st.just("people.csv"),
                "label": st.just("hours"),
                "numbers": st.sampled_from([True, [0, 7], [-1e9, 1e9]]),
            },
            optional=split,
        ),
        "learner": st.sampled_from(
            [
                {"kind": "bayes-optimal"},
                {"kind": "boosted-trees", "max_iter": 3},
                {"kind": "risk-minimizer", "loss": "squared", "l2": 0.01},
                {"kind": "scikit", "estimator": "sklearn.linear_model.Ridge"},
            ]
        ),
        "strategies": st.dictionaries(names, numbers, min_size=1, max_size=2),
        "placement": placements,
    },
    optional=rarely,
)
sound_studies = st.one_of(studies_of_labels, studies_of_labels, studies_of_numbers)
"""The tables of a study file that lies beside the table ``people.csv``."""
