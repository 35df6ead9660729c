"""Who acts in the procedure. Pure: names only."""

from enum import StrEnum


class Role(StrEnum):
    SENDER = "sender"
    OPERATOR = "operator"
    SPECIALIST = "specialist"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


STAFF_ROLES = (Role.OPERATOR, Role.SPECIALIST, Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR)
