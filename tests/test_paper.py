"""The example study on the real corpus, from end to end, against the paper's claims."""

from pathlib import Path

import pytest

from criticalmass import Store, read_study, run
from criticalmass.answers.finding import findings
from criticalmass.pages.report import write_report

EXAMPLE = Path(__file__).parents[1] / "examples" / "resumes.toml"


@pytest.mark.slow
def test_the_papers_claims_hold_for_a_bag_of_words(real, tmp_path):
    real("resumes_corpus.zip")
    run(read_study(EXAMPLE), tmp_path, jobs=2)
    write_report(tmp_path)
    with Store.open(tmp_path) as store:
        facts, rows = store.facts(), store.rows()
    assert len(rows) == 62
    assert not any(row.error or row.warning for row in rows)
    found = {(f.strategy, f.measure): f for f in findings(facts, rows)}
    for measure in ("included", "top1"):  # "well below 0.5 %", Section 5.2
        mass = found["text and label", measure].mass
        assert mass.high < 0.005
        assert mass.never < 0.01
    only = facts.strategies["text only, target class"].recruitable
    included = found["text only, target class", "included"].mass
    assert included.high < 0.1 * only  # "around 10 % of the instances of the target class"
    assert not found["text only, target class", "top1"].mass.reached  # "not consistently"
    quality = [row.accuracy for row in rows]
    assert min(quality) > 0.93
