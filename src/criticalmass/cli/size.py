"""The command ``size``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.answers import print_guesses
from criticalmass.cli.shared.options import Allow, Jobs
from criticalmass.cli.shared.stopping import resumable
from criticalmass.cli.shared.terminal import say
from criticalmass.cli.shared.view import View
from criticalmass.errors import CriticalMassError, ParameterError

PAGE = "size.html"


def size(
    studies: Annotated[
        list[Path],
        typer.Argument(
            help="A study file, which is run at several sizes; or three folders of results, or "
            "more, of studies of different sizes."
        ),
    ],
    to: Annotated[int, typer.Option(help="The number of records that the platform trains on.")],
    sizes: Annotated[
        str | None,
        typer.Option(
            help="Numbers of records to train on, such as 1500,5000,15000, for a study file. By "
            "default a sixteenth of its records, a quarter, and all."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the page, and for a folder of results of each size. By default "
            "results/ and the study file's name with -sizes."
        ),
    ] = None,
    jobs: Jobs = 1,
    allow: Allow = None,
) -> None:
    """Say how many people it takes on a platform of another size, from studies of three or more.

    You can stop it at any time; the same command goes on where it stopped.
    """
    from criticalmass.answers.size_law import size_law_of
    from criticalmass.pages.size_law import write_size_law
    from criticalmass.words.size_law import heading, measured, sentences

    if to < 1:
        raise ParameterError(f"--to is a number of records, at least 1, not {to:,}")
    if all(path.is_dir() for path in studies):
        if sizes is not None:
            raise CriticalMassError("--sizes is for a study file; folders of results have theirs")
        folders, place = list(studies), out or Path("results/sizes")
    elif len(studies) == 1:
        place = out or Path("results") / f"{studies[0].stem}-sizes"
        with resumable():
            folders = _run(studies[0], sizes, place, jobs, allow or [], to)
    else:
        other = next(path for path in studies if not path.is_dir())
        raise CriticalMassError(
            f"{str(other)!r} is no folder of results: give one study file, or folders alone"
        )
    answers = size_law_of(folders, to=to)
    for count, answer in enumerate(answers):
        if count:
            say()
        say(heading(answer))
        for finding in answer.findings:
            say(f"  {measured(finding)}")
        for sentence in sentences(answer):
            say(f"  {sentence}")
    say(f"Page: {write_size_law(answers, place / PAGE)}")


def _run(
    path: Path, sizes: str | None, out: Path, jobs: int, allow: list[str], to: int
) -> list[Path]:
    """Run a study file at several sizes; return the folders."""
    from criticalmass.answers.size_law import check_asked
    from criticalmass.studies import read_study
    from criticalmass.studies.sizes import checked_sizes, run_at_size, usual_sizes

    named = None if sizes is None else _numbers(sizes)
    say(f"reading {path} and its records …", err=True)
    study = read_study(path, allow=allow)
    chosen = checked_sizes(study, named or usual_sizes(len(study.population)))
    check_asked(to, chosen)
    folders = []
    for records in chosen:
        say(f"{records:,} records, in {out / str(records)}", err=True)
        with View(out / str(records)) as watch:
            folders.append(
                run_at_size(study, records, out, jobs=jobs, watch=watch, guessed=print_guesses)
            )
    return folders


def _numbers(text: str) -> list[int]:
    """Return the numbers of a list, such as 1500,5000."""
    try:
        return [int(part.strip().replace("_", "")) for part in text.split(",")]
    except ValueError:
        raise ParameterError(
            f"--sizes is a list of whole numbers, such as 1500,5000,15000, not {text!r}"
        ) from None
