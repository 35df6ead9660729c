"""Rule sets from toml files: validated strictly, and never changed once a case runs by them (§5)."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Limit, RuleSet

from .references import is_in_use
from .rows import differences
from .source_files import TomlFile

SET_REQUIRED = {
    "code": str,
    "name": str,
    "source": str,
    "valid_from": date,
    "publishes_with_approval": bool,
    "accepted_subjects": [str],
    "refused_subjects": [str],
}
SET_OPTIONAL = {
    "valid_to": date,
    "instant": bool,
    "for_channel": str,
    "historic_subjects": [str],
    "show_historic_subjects": bool,
}
FILE_KEYS = {"shared": str, "limit": list}
LIMIT_REQUIRED = {"key": str, "label": str, "article": str, "holder": str, "starts": [str], "met": [str]}
LIMIT_OPTIONAL = {
    "amount": int,
    "unit": str,
    "voided": [str],
    "resumes": [str],
    "counted_from": str,
    "replaces": str,
    "follows": str,
    "unless": str,
    "conditional": bool,
    "subject": str,
}
MARK_LISTS = ("starts", "met", "voided", "resumes")
MARK = re.compile(r"[a-z_]+(:[a-z_]+)?")
SWITCHED_BY_HAND = "show_historic_subjects"
"""Set when the rule set is new; afterwards it belongs to whoever administers the portal (R10)."""


class RuleFile(NamedTuple):
    """A rule set as its file says it: the columns of RuleSet, and those of each Limit in order."""

    file: TomlFile
    values: dict
    limits: list


class Loaded(NamedTuple):
    name: str
    what: str


def is_shared_part(path: Path):
    """Whether a file holds only limits for other files to take in."""
    return set(TomlFile(path).values) == {"limit"}


def read_rule_set(path: Path) -> RuleFile:
    """A rule set with the limits that it shares with others. Raises SourceError."""
    file = TomlFile(path)
    file.check_keys(file.values, SET_REQUIRED, SET_OPTIONAL | FILE_KEYS)
    file.check_types(file.values, SET_REQUIRED | SET_OPTIONAL | FILE_KEYS)
    values = {key: value for key, value in file.values.items() if key not in FILE_KEYS}
    file.check_model(RuleSet(**values), exclude=["accepted_subjects", "refused_subjects", "historic_subjects"])
    limits = read_limits(file)
    if "shared" in file.values:
        limits += read_limits(TomlFile(path.with_name(file.values["shared"])))
    _check_limits_together(file, limits)
    return RuleFile(file, values, limits)


def read_limits(file: TomlFile) -> list:
    """The limits of one file as columns of Limit. Raises SourceError."""
    return [_checked_limit(file, index, limit) for index, limit in enumerate(file.tables("limit"))]


@transaction.atomic
def load_rule_set(rules: RuleFile) -> Loaded:
    """Store a version of a rule set. Raises SourceError where a case runs by that version and it would change."""
    code, valid_from = rules.values["code"], rules.values["valid_from"]
    name = _("%(code)s, có hiệu lực từ %(date)s") % {"code": code, "date": f"{valid_from:%d/%m/%Y}"}
    version = RuleSet.objects.filter(code=code, valid_from=valid_from).first()
    if version is None:
        _store_limits(RuleSet.objects.create(**rules.values), rules.limits)
        return Loaded(name, _("nạp mới, %(count)d thời hạn") % {"count": len(rules.limits)})
    if not _differs(version, rules):
        return Loaded(name, _("không có gì thay đổi"))
    if is_in_use(version):
        message = _(
            "đã có hồ sơ áp dụng bản có hiệu lực từ %(date)s nên không sửa được; hãy ghi bản mới với valid_from khác"
        )
        raise rules.file.error(message % {"date": f"{valid_from:%d/%m/%Y}"}, "valid_from")
    RuleSet.objects.filter(pk=version.pk).update(**_kept_equal(rules.values))
    version.limits.all().delete()
    _store_limits(version, rules.limits)
    return Loaded(name, _("đã sửa, %(count)d thời hạn") % {"count": len(rules.limits)})


def _kept_equal(values):
    defaults = {"valid_to": None, "instant": False, "for_channel": "", "historic_subjects": []}
    return defaults | {key: value for key, value in values.items() if key != SWITCHED_BY_HAND}


def _differs(version, rules):
    stored = list(version.limits.all())
    wanted = _positioned(rules.limits)
    return bool(
        differences(version, _kept_equal(rules.values))
        or len(stored) != len(wanted)
        or any(differences(row, values) for row, values in zip(stored, wanted, strict=True))
    )


def _store_limits(rule_set, limits):
    Limit.objects.bulk_create(Limit(rule_set=rule_set, **values) for values in _positioned(limits))


def _positioned(limits):
    return [{**values, "position": position} for position, values in enumerate(limits, 1)]


def _checked_limit(file, index, limit):
    where = {"table": "limit", "index": index}
    file.check_keys(limit, LIMIT_REQUIRED, LIMIT_OPTIONAL, **where)
    file.check_types(limit, LIMIT_REQUIRED | LIMIT_OPTIONAL, **where)
    defaults = {field.name: field.get_default() for field in Limit._meta.fields if field.name in LIMIT_OPTIONAL}
    values = defaults | limit
    file.check_model(Limit(**values), exclude=["rule_set", "position", *MARK_LISTS], **where)
    for key in MARK_LISTS:
        for mark in values[key]:
            if not MARK.fullmatch(mark):
                raise file.error(_("%(mark)r không phải là một dấu mốc") % {"mark": mark}, key, **where)
    _check_amount(file, values, where)
    _check_counting(file, values, where)
    return values


def _check_amount(file, values, where):
    if values["counted_from"] == Limit.CountedFrom.GIVEN:
        if values["amount"] is not None or values["unit"]:
            raise file.error(_("thời hạn do cơ quan ấn định thì không ghi amount, unit"), "counted_from", **where)
    elif values["amount"] is None or not values["unit"]:
        raise file.error(_("%(key)s: cần cả amount và unit") % {"key": values["key"]}, **where)
    elif values["amount"] < 1:
        raise file.error(_("amount phải là số nguyên dương"), "amount", **where)


def _check_counting(file, values, where):
    """Each way of counting with what it needs, and nothing that it would not read."""
    needs = {Limit.CountedFrom.REPLACED: "replaces", Limit.CountedFrom.PREVIOUS_DUE: "follows"}
    for way, key in needs.items():
        if bool(values[key]) != (values["counted_from"] == way):
            message = _("%(key)s chỉ dùng, và phải có, khi counted_from = %(way)r") % {"key": key, "way": way.value}
            raise file.error(message, key, **where)
    started_otherwise = values["counted_from"] == Limit.CountedFrom.PREVIOUS_DUE
    if bool(values["starts"]) == started_otherwise:
        raise file.error(_("starts phải có dấu mốc, trừ khi tính tiếp từ hạn liền trước"), "starts", **where)
    if not values["met"]:
        raise file.error(_("met phải có dấu mốc"), "met", **where)


def _check_limits_together(file, limits):
    if not limits:
        raise file.error(_("chưa có thời hạn nào"))
    keys = [limit["key"] for limit in limits]
    for index, limit in enumerate(limits):
        where = {"table": "limit", "index": index}
        if limit["key"] in keys[:index]:
            raise file.error(_("thời hạn %(key)s có hai lần") % {"key": limit["key"]}, "key", **where)
        for link in ("replaces", "follows"):
            if limit[link] and limit[link] not in keys:
                raise file.error(_("không có thời hạn %(key)r") % {"key": limit[link]}, link, **where)
            if limit[link] and limit[link] == limit["key"]:
                raise file.error(_("thời hạn %(key)s trỏ vào chính nó") % {"key": limit["key"]}, link, **where)
