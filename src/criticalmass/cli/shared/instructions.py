"""What `plan` and `instruct` both begin with: a study, its members, and what each is to change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from criticalmass.cli.shared.doubts import print_number_of_doubts
from criticalmass.cli.shared.terminal import say

if TYPE_CHECKING:
    from criticalmass.members.instructions import Instructions
    from criticalmass.studies import Study


def read_instructions(
    study: Path, members: Path, strategy: str | None, id_column: str, allow: Iterable[str]
) -> tuple[Study, Instructions]:
    """Read a study and its members; return the study and what each member is to change."""
    from criticalmass.members.file import Columns, read_members
    from criticalmass.members.instructions import instruct
    from criticalmass.studies import read_study
    from criticalmass.studies.files.ids import ids_of
    from criticalmass.studies.files.study_file import file_columns

    say(f"reading {study} and its records …", err=True)
    allow = tuple(allow)
    columns = Columns(**file_columns(study), id=id_column)
    spec = read_study(study, allow=allow)
    people = read_members(members, spec.population, columns)
    print_number_of_doubts(study, spec, people, members, allow)
    return spec, instruct(spec, people, strategy, ids_of(study, id_column))
