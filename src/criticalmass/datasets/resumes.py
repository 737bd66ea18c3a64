"""The résumé corpus of Jiechieu and Tsopze (2020), which the paper's Section 5 uses."""

from __future__ import annotations

import html
import re
from pathlib import Path

from criticalmass.data.population import Population
from criticalmass.data.readers.archives import archive_of
from criticalmass.datasets.files import locate
from criticalmass.errors import DataError

ARCHIVE = "resumes_corpus.zip"
URL = "https://github.com/florex/resume_corpus/raw/master/resumes_corpus.zip"
DROPPED_WORDS = 20

_MARKUP = re.compile(r"<[^>]*>")


def resumes(path: str | Path | None = None) -> Population:
    """Return the 29,783 résumés with their sets of ten occupations.

    As in the paper (Appendix C), mark-up is stripped and the first 20 words are dropped, because
    the corpus's makers took the labels from there. A text of 20 words or fewer keeps its last word:
    no record is empty. 748 records have an empty set of labels.

    Parameters
    ----------
    path
        The archive ``resumes_corpus.zip``. By default it is looked for in the folder that
        the environment variable ``CRITICALMASS_DATA`` names, else downloaded once from its public
        address. The texts are people's CVs with no licence stated: do not pass them on.

    Raises
    ------
    DataError
        If the archive is missing, damaged, or not this corpus.
    """
    archive = locate(ARCHIVE, URL) if path is None else Path(path)
    texts: list[str] = []
    labels: list[set[str]] = []
    shortened = 0
    with archive_of(archive, "the résumé corpus") as corpus:
        for name in sorted(n for n in corpus.namelist() if n.endswith(".lab")):
            words = _words(corpus.read(f"{name[:-4]}.txt").decode("cp1252"))
            if not words:
                raise DataError(f"{archive.name}: {name[:-4]}.txt is an empty text")
            shortened += len(words) <= DROPPED_WORDS
            texts.append(" ".join(words[min(DROPPED_WORDS, len(words) - 1) :]))
            lines = corpus.read(name).decode("cp1252").split("\n")
            labels.append({line.strip() for line in lines if line.strip()})
    if not texts:
        raise DataError(f"{archive.name} holds no résumés (pairs of .txt and .lab files)")
    notes = [
        "Résumés of freelancers (Jiechieu and Tsopze 2020); mark-up and the first "
        f"{DROPPED_WORDS} words of each were removed, as in the paper."
    ]
    if shortened:
        notes.append(
            f"{shortened} résumés of {DROPPED_WORDS} words or fewer were cut to their last word."
        )
    return Population.from_texts(texts, labels, name="résumés", notes=tuple(notes))


def _words(raw: str) -> list[str]:
    return html.unescape(_MARKUP.sub("", raw)).split()
