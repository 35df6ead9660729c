"""The accounts of the demo: everybody knows their password, so they exist only where DEMO is on."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.memberships import let_into_admin, problem_with
from agencies.models import Agency, Membership, User
from agencies.register import handling_agencies
from agencies.roles import Role

from .source_files import SourceError, TomlFile

FILE_REQUIRED = {"account": list, "handling": dict}
ACCOUNT_REQUIRED = {"username": str, "full_name": str}
ACCOUNT_OPTIONAL = {"agency": str, "role": str}
PEOPLE = {"specialist": str, "leader": str}
ENDINGS = {"specialist": "cm", "leader": "ld"}


@transaction.atomic
def load_accounts(path: Path, at) -> int:
    """Make the accounts that are missing, and how many these were; one that is there keeps its password and roles.

    `at` is the local date on which the agencies must exist. Raises SourceError.
    """
    if not settings.DEMO:
        raise SourceError(path, 0, _("chỉ nạp tài khoản dùng thử khi DEMO bật: ai cũng biết mật khẩu của chúng"))
    file = TomlFile(path)
    file.check_keys(file.values, FILE_REQUIRED, {})
    accounts = [*_named(file), *_handling(file, at)]
    present = set(User.objects.filter(username__in=[each["username"] for each in accounts]).values_list("username"))
    missing = [account for account in accounts if (account["username"],) not in present]
    _create(file, missing)
    return len(missing)


def _named(file):
    for index, account in enumerate(file.tables("account")):
        where = {"table": "account", "index": index}
        file.check_keys(account, ACCOUNT_REQUIRED, ACCOUNT_OPTIONAL, **where)
        file.check_types(account, ACCOUNT_REQUIRED | ACCOUNT_OPTIONAL, **where)
        if ("agency" in account) != ("role" in account):
            raise file.error(_("agency và role đi cùng nhau"), "username", **where)
        if "role" in account and account["role"] not in list(Role):
            raise file.error(_("không có vai trò %(role)r") % {"role": account["role"]}, "role", **where)
        yield account


def _handling(file, at):
    """The specialist and the leader of every agency that handles cases."""
    agencies = {agency.code: agency for agency in handling_agencies(at)}
    for code, people in file.values["handling"].items():
        if code not in agencies:
            raise file.error(_("không có cơ quan xử lý %(code)r") % {"code": code}, code, "handling")
        if not isinstance(people, dict):
            raise file.error(_('ghi như soyt = { specialist = "…", leader = "…" }'), code, "handling")
        file.check_keys(people, PEOPLE, {}, "handling")
        file.check_types(people, PEOPLE, "handling")
        for role, ending in ENDINGS.items():
            yield {"username": f"{code}.{ending}", "full_name": people[role], "agency": code, "role": role}
    if nameless := sorted(agencies.keys() - file.values["handling"].keys()):
        raise file.error(
            _("chưa có tên người của cơ quan %(codes)s") % {"codes": ", ".join(nameless)}, table="handling"
        )


def _create(file, accounts):
    """One hash for all: the password is public, and a hash of its own for each would take half a minute."""
    password = make_password(settings.DEMO_PASSWORD)
    for account in accounts:
        user = User(username=account["username"], full_name=account["full_name"], password=password)
        file.check_model(user)
        user.save()
        if "agency" in account:
            _appoint(file, user, account)


def _appoint(file, user, account):
    agency = Agency.objects.filter(code=account["agency"]).first()
    if agency is None:
        raise file.error(_("không có cơ quan %(code)r") % {"code": account["agency"]})
    membership = Membership(
        user=user, agency=agency, role=account["role"], valid_from=agency.valid_from,
        may_export=account["role"] in (Role.OPERATOR, Role.SUPERVISOR),
    )  # fmt: skip
    if problem := problem_with(membership):
        raise file.error(f"{account['username']}: {problem}")
    membership.save()
    let_into_admin(membership)
