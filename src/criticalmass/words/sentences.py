"""All that is said of a study's rows, in one text: what `criticalmass show` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from criticalmass.answers.finding import Finding, findings
from criticalmass.messages import say, say_count
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.words.finding import answer, doubt, others
from criticalmass.words.outcome import meaning

if TYPE_CHECKING:
    from criticalmass.studies import Row, Study


def answers_in_words(study: Study | Facts, rows: Iterable[Row]) -> str:
    """Return what a study's rows say, with all that speaks against it, as the report words it.

    Parameters
    ----------
    study
        The study, or what a store keeps of it (`Store.facts`).
    rows
        Its rows, as `run` and `Store.rows` return them.

    Returns
    -------
    str
        For each strategy and measure a line that names them, and below it: how many people it
        takes; how sure that is, and what makes the number less than it looks (few trials, few test
        records, a curve that does not fit, a guess); what the collective does to others. At the
        end, how many trials failed, and why.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study
    >>> from criticalmass.datasets import synthetic_resumes
    >>> train, test = synthetic_resumes(200).split(test=50, seed=0)
    >>> mark = FeatureLabel(InsertToken("~", every=20), target_label="Writer")
    >>> study = Study(train, test, LinearText(), {"mark": mark}, placement=Grid((0.05,)))
    >>> print(answers_in_words(study, []))
    mark (included): the target label is predicted
      There are not enough trials yet to say how many people it takes.
    mark (top1): the target label is ranked first
      There are not enough trials yet to say how many people it takes.
    """
    facts = study if isinstance(study, Facts) else facts_of(study)
    rows, text = list(rows), list[str]()
    for finding in findings(facts, rows):
        text.append(about(finding))
        text += [f"  {sentence}" for sentence in sentences(finding)]
    return "\n".join([*text, *failures(rows)])


def about(finding: Finding) -> str:
    """Name a strategy and a measure, and say what success is by it."""
    return say(
        "{strategy} ({measure}): {meaning}",
        strategy=finding.strategy,
        measure=finding.measure,
        meaning=meaning(finding),
    )


def sentences(finding: Finding) -> list[str]:
    """Return the answer, how sure it is, and what the collective does to others."""
    return [each for each in (answer(finding), doubt(finding), others(finding)) if each]


def failures(rows: Iterable[Row]) -> list[str]:
    """Say how many trials failed, a line for each reason."""
    rows = list(rows)
    return [
        say_count(
            "{n} of {all} trials failed: {reason}",
            "{n} of {all} trials failed: {reason}",
            times,
            all=len(rows),
            reason=reason,
        )
        for reason, times in Counter(row.error for row in rows if row.error).items()
    ]
