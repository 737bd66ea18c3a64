"""A finding in sentences: how many people it takes, and how sure that is."""

from __future__ import annotations

from criticalmass.answers.finding import FEW, Finding, Narrowing, Status
from criticalmass.words.measures import MEASURES, RECORDS
from criticalmass.words.numbers import exact_percent, heads, percent, probability, quoted
from criticalmass.words.signals import erasing_in_words
from criticalmass.words.strategies import goal_in_words, strategy_in_words


def answer(finding: Finding) -> str:
    """Answer "how many people does it take?" in a sentence or two."""
    size, mass, tried = finding.facts.population.size, finding.mass, finding.tried
    target = exact_percent(finding.facts.target)
    does, marked = _does(finding), _marked(finding)
    if finding.status is Status.ALL_FAILED:
        reason = next(row.error for row in finding.failed if row.members)
        return f"Nothing is known: every trial of a collective failed, the first with {reason}."
    if finding.status is Status.NOT_ENOUGH or mass is None:
        return "There are not enough trials yet to say how many people it takes."
    if finding.status is Status.NOBODY_NEEDED:
        return (
            f"Nobody needs to join: without any collective the model {does} at least {target} of "
            f"the {marked}."
        )
    if finding.status is Status.UNSETTLED:
        people, best = max(tried.items(), key=lambda one: one[1])
        return (
            f"The trials do not settle it. With {heads(people)} out of {size:,} the model {does} "
            f"{percent(best)} of the {marked}, which is enough; but there are too few trials, or "
            "they do not follow one curve, so that no number can be given. Try more sizes and "
            "repetitions."
        )
    fewest, most = min(tried), max(tried)
    if finding.status is Status.NOT_REACHED:
        return (
            f"No collective that was tried is large enough. With {heads(most)} out of {size:,} "
            f"({percent(most / size)}), the largest tried, the model {does} "
            f"{percent(tried[most])} of the {marked}; {target} is wanted."
        )
    people_taken, low, high = mass.people(size)
    assert people_taken is not None
    assert low is not None
    span = f"between {low:,} and {high:,}" if high is not None else f"{low:,} or more"
    if low == 0 and high is not None:
        span = f"at most {high:,}"
    takes = f"about {heads(people_taken)} out of {size:,} ({percent(people_taken / size)}; {span})"
    if finding.status is Status.BELOW_TRIED:
        begin = (
            f"It takes fewer than were tried: {heads(fewest)}, the smallest collective tried, "
            f"reached the target already. A guess is {takes}. "
        )
    elif finding.status is Status.BEYOND_TRIED:
        begin = (
            f"It takes more than were tried. Continued beyond {heads(most)}, the largest "
            f"collective tried, the curve reaches the target at {takes}, which is a guess. "
        )
    else:
        begin = f"It takes {takes}. "
    return (
        f"{begin}If that many {members_do(finding)}, the trained model {does} at least {target} "
        f"of the {marked}."
    )


def in_short(finding: Finding) -> tuple[str, str]:
    """Return the number of people and its interval in a few signs each, for a table."""
    if finding.mass is None:
        return "–", "too few trials"
    if finding.status is Status.UNSETTLED:
        return "not settled", f"never: {probability(finding.mass.never)}"
    if not finding.mass.reached:
        return "not reached", f"never: {probability(finding.mass.never)}"
    people, low, high = finding.mass.people(finding.facts.population.size)
    return f"{people:,}", f"{low:,} to {'?' if high is None else f'{high:,}'}"


def doubt(finding: Finding) -> str:
    """Say how sure the answer is, in a sentence or two; nothing where there is none."""
    if finding.mass is None:
        return ""
    sentences = [
        *_range(finding),
        *_width(finding),
        *_never(finding),
        *_without(finding),
        *_few_trials(finding),
        *_misfit(finding),
    ]
    return " ".join(sentences)


def outcome(finding: Finding, rate: str) -> str:
    """Put a success into words: what the model then does to how many of which records."""
    return f"{_does(finding)} {rate} of the {_marked(finding)}"


def members_do(finding: Finding) -> str:
    """Say what members do; a verb phrase in the plural."""
    return strategy_in_words(finding.about.description, finding.facts.population.kind)


def _range(finding: Finding) -> list[str]:
    mass, recruitable = finding.mass, finding.about.recruitable
    if mass is None or not mass.reached or mass.alpha == 0:
        return []
    if finding.status is Status.UNSETTLED:
        return []
    sentences = [f"The range holds with {percent(mass.confidence)} probability."]
    if recruitable < 1:
        sentences.append(
            f"That is {percent(mass.alpha / recruitable)} of the "
            f"{heads(round(recruitable * finding.facts.population.size))} who can be recruited."
        )
    return sentences


def _width(finding: Finding) -> list[str]:
    """Say so where adaptive placement ended before the range was as narrow as asked for."""
    narrowing = finding.narrowing
    if narrowing is None:
        return []
    why = {
        Narrowing.LARGER_COLLECTIVES: "larger collectives (placement.high) would narrow it",
        Narrowing.SMALLER_COLLECTIVES: "smaller collectives (placement.low) would narrow it",
        Narrowing.TEST_RECORDS: (
            "as far as these trials tell, so few test records leave more than that (about "
            f"±{percent(finding.attainable)}) whatever the trials; more test records would narrow "
            "it"
        ),
        Narrowing.MORE_TRIALS: (
            "more trials would narrow it; if the study was stopped, the same command goes on"
        ),
        Narrowing.MORE_ALLOWED: "more trials (placement.most) would narrow it",
    }
    precision = exact_percent(finding.facts.placement["precision"])
    return [f"It is wider than the ±{precision} that were asked for: {why[narrowing]}."]


def _never(finding: Finding) -> list[str]:
    assert finding.mass is not None
    never = finding.mass.never
    if never > 0 and finding.steers:
        return [
            f"{percent(never)} of the repetitions did not get there with the largest collective "
            "tried."
        ]
    if not never >= 0.005:
        return []
    sentences = [
        "Probability that no collective that could be recruited gets there, if the curve goes on "
        f"as fitted: {probability(never)}."
    ]
    if finding.still_rising:
        high = finding.facts.placement.get("high")
        limit = f" They end at placement.high = {exact_percent(high)}." if high else ""
        sentences.append(f"That is a guess: the curve still rises where the trials end.{limit}")
    return sentences


def _without(finding: Finding) -> list[str]:
    """Say what the model does without a collective."""
    assert finding.mass is not None
    if finding.floor is None or finding.mass.alpha == 0 or finding.steers:
        return []
    share = finding.about.label_share
    hold = "" if share is None else f"; {percent(share)} of them really hold that label"
    rate = percent(finding.floor)
    return [f"Without a collective the model {_does(finding)} {rate} of them{hold}."]


def _few_trials(finding: Finding) -> list[str]:
    if finding.trials >= FEW:
        return []
    return [f"That is from {finding.trials} trials only: more would say more."]


def _misfit(finding: Finding) -> list[str]:
    if finding.misfit is None:
        return []
    share, off = finding.misfit
    people = heads(round(share * finding.facts.population.size))
    return [
        f"The curve does not fit everywhere: with {people} success lies {100 * abs(off):.0f} "
        f"percentage points {'above' if off > 0 else 'below'} it. Near there, trust the dots "
        "rather than the line."
    ]


def _does(finding: Finding) -> str:
    return MEASURES[finding.measure][0].format(label=quoted(finding.about.target_label))


def _marked(finding: Finding) -> str:
    description = finding.about.description
    if finding.steers:
        return goal_in_words(description["goal"])
    records = RECORDS[finding.facts.population.kind]
    if finding.measure == "erased":
        return f"{records}, as they are and {erasing_in_words(description['signal'])}"
    return f"{records} that carry the mark"
