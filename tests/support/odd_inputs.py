"""Odd inputs that Hypothesis draws: texts, values, tables with odd places, bytes written over."""

from copy import deepcopy

from hypothesis import strategies as st

PLANTED = "planted_code"
"""A module that no input may get imported; `support.watched_calls` puts it where Python looks."""

odd_texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "\x1b[31m", "[bold]", "[/]", "\u202e", "nan", "-", "=1+1", "x" * 5000]),
    st.sampled_from(
        [
            PLANTED,
            f"{PLANTED}.Learner",
            f"__import__('{PLANTED}')",
            f"{{{{ cycler.__init__.__globals__.os.system('python -m {PLANTED}') }}}}",
            "os.system",
            "sklearn.utils.estimator_checks.check_estimator",
            "../people.csv",
            "/dev/zero",
            "*",
        ]
    ),
)
odd_values = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.sampled_from([0, -1, 1, 2, 10**9, 10**18, 1e30, 1e-300, 0.5]),
        odd_texts,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(odd_texts, inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value, path=()):
    """Return the path of every value inside tables and lists."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, one in items:
        found += places(one, (*path, key))
    return found


@st.composite
def altered(draw, tables):
    """Tables with some of their values changed, left out, or put where none was."""
    tables = deepcopy(tables)
    for _ in range(draw(st.integers(1, 3))):
        *path, key = draw(st.sampled_from(places(tables)))
        inside = tables
        for part in path:
            inside = inside[part]
        match draw(st.sampled_from(["change", "leave out", "add"])):
            case "leave out" if isinstance(inside, dict) and len(tables) > 1:
                del inside[key]
            case "add" if isinstance(inside, dict):
                inside[draw(odd_texts)] = draw(odd_values)
            case _:
                inside[key] = draw(odd_values)
        if not places(tables):
            break
    return tables


def scrambled(content):
    """Bytes with some cut out, put in or written over."""

    def apply(parts):
        scrambled = bytearray(content)
        for at, length, new in parts:
            at %= max(len(scrambled), 1)
            scrambled[at : at + length] = new
        return bytes(scrambled)

    part = st.tuples(st.integers(0, 1 << 20), st.integers(0, 50), st.binary(max_size=20))
    return st.lists(part, min_size=1, max_size=4).map(apply)


@st.composite
def lines_with_odd_cells(draw, rows, separator=","):
    """Return the text of a table of cells, some of them odd; none is quoted."""
    rows = deepcopy(rows)
    for _ in range(draw(st.integers(1, 4))):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        row[draw(st.integers(0, len(row) - 1))] = draw(odd_texts)
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(separator.join(row) for row in rows)
