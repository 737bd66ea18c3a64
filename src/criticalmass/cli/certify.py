"""The command ``certify``."""

from __future__ import annotations

from typing import Annotated

import typer

from criticalmass.cli.shared.beside import Beside, shares_beside
from criticalmass.cli.shared.options import Allow, IdColumn, MembersPath, StrategyName, StudyPath
from criticalmass.cli.shared.terminal import say


def certify(
    study: StudyPath,
    members: MembersPath,
    population_size: Annotated[
        int | None,
        typer.Option(help="How many people the platform has. By default: the study's records."),
    ] = None,
    strategy: StrategyName = None,
    confidence: Annotated[float, typer.Option(help="How sure the guarantee is to be.")] = 0.95,
    epsilon: Annotated[
        float, typer.Option(help="ε: how far the platform's model may be from the best possible.")
    ] = 0.0,
    against: Annotated[
        int,
        typer.Option(
            help="So many others may work against it. --population-size is then no upper limit."
        ),
    ] = 0,
    unplant: Annotated[
        bool, typer.Option("--unplant", help="Marked records are no longer to get the label.")
    ] = False,
    moving_away: Annotated[
        bool,
        typer.Option(
            "--moving-away",
            help="With feature-only: members without the label no longer carry the mark.",
        ),
    ] = False,
    anytime: Annotated[
        bool,
        typer.Option(
            "--anytime", help="You look while people join; the file has them in that order."
        ),
    ] = False,
    id_column: IdColumn = "id",
    allow: Allow = None,
    beside: Beside = None,
) -> None:
    """Say what your members' records guarantee, whatever everybody else's records are.

    Nothing is trained. The study says what members do, and which records are known. With --beside
    other collectives act as well, whose strategies and sizes are known.
    """
    from criticalmass.answers.certificate import certify as certified
    from criticalmass.answers.certificate_beside import certify_with_others
    from criticalmass.errors import StudyError, unknown
    from criticalmass.members.file import Columns, read_members
    from criticalmass.strategies import Collective
    from criticalmass.studies import read_study
    from criticalmass.studies.files.study_file import file_columns
    from criticalmass.words.beside import who_else
    from criticalmass.words.certificate import lines

    columns = Columns(**file_columns(study), id=id_column)
    spec = read_study(study, allow=tuple(allow or ()))
    people = read_members(members, spec.population, columns)
    names = list(spec.strategies)
    name = strategy or names[0]
    if name not in spec.strategies:
        raise StudyError(f"{study.name}: {unknown('strategy', name, names)}")
    size = len(spec.population) + len(spec.test) if population_size is None else population_size
    others = shares_beside(beside or (), names)
    if others:
        if unplant or moving_away or anytime or epsilon or against:
            raise StudyError(
                "beside other collectives a certificate is for planting, at one look, and the best "
                "possible model: leave out --unplant, --moving-away, --anytime, --epsilon and "
                "--against"
            )
        groups = [Collective(spec.strategies[other], share) for other, share in others.items()]
        known = spec.population
        say(*lines(certify_with_others(
            spec.strategies[name], people.records, size, groups, known, confidence, spec.target
        )))  # fmt: skip
        say(*who_else(others, 0.0))
        return
    answer = certified(
        spec.strategies[name],
        people.records,
        size,
        confidence,
        unplant=unplant,
        moving_away=moving_away,
        epsilon=epsilon,
        against=against,
        known=spec.population,
        anytime=anytime,
        success=spec.target,
    )
    say(*lines(answer))
