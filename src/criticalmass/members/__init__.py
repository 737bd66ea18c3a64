"""Members: the people of a real collective, and what each of them is to change."""

from criticalmass.members.aim import Aim, aim_of
from criticalmass.members.file import Columns, Members, read_members
from criticalmass.members.instructions import Instructions, instruct
from criticalmass.members.joined import Joined, join
from criticalmass.members.plan import Plan, plan

__all__ = [
    "Aim",
    "Columns",
    "Instructions",
    "Joined",
    "Members",
    "Plan",
    "aim_of",
    "instruct",
    "join",
    "plan",
    "read_members",
]
