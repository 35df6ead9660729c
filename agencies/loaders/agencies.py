"""Fields and agencies from their files (R01–R03, R13)."""

import re
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import AdministrativeUnit, Agency, Field

from .rows import Changes, bring_to, differences
from .source_files import SourceError, TomlFile, csv_rows

FILE_REQUIRED = {"fields_file": str, "agency": list}
AGENCY_REQUIRED = {"code": str, "name": str, "kind": str, "valid_from": date}
AGENCY_OPTIONAL = {
    "parent": str,
    "fields": [str],
    "places": [str],
    "phone": str,
    "email": str,
    "valid_to": date,
}
FIELD_COLUMNS = ["code", "name", "position"]
PHONE = re.compile(r"\+84\d{9,10}", re.ASCII)
LINKS = {"fields": Field, "places": AdministrativeUnit}


@transaction.atomic
def load_agencies(path: Path):
    """Bring fields and agencies to what the files say: (changes of fields, changes of agencies). Those missing stay.

    Raises SourceError.
    """
    file = TomlFile(path)
    file.check_keys(file.values, FILE_REQUIRED, {})
    file.check_types(file.values, FILE_REQUIRED)
    fields = bring_to(Field, read_fields(path.with_name(file.values["fields_file"])))
    agencies = file.tables("agency")
    _check(file, agencies)
    results = [_store(agency) for agency in agencies]
    linked = [_link(agency) for agency in agencies]
    added, changed = results.count("added"), 0
    for result, moved in zip(results, linked, strict=True):
        changed += result != "added" and (result == "changed" or moved)
    return fields, Changes(added, changed, len(agencies) - added - changed)


def read_fields(path: Path) -> dict:
    """The fields of R13 by code. Raises SourceError."""
    fields = {}
    for line, row in csv_rows(path, FIELD_COLUMNS):
        if not re.fullmatch(r"[a-z0-9-]{1,30}", row["code"]):
            raise SourceError(path, line, _("mã %(code)r không đúng") % {"code": row["code"]})
        if row["code"] in fields:
            raise SourceError(path, line, _("mã %(code)s đã có ở dòng trên") % {"code": row["code"]})
        if not 1 <= len(row["name"]) <= 200 or not re.fullmatch(r"[1-9]\d{0,3}", row["position"], re.ASCII):
            raise SourceError(path, line, _("cần tên (nhiều nhất 200 ký tự) và số thứ tự"))
        fields[row["code"]] = {"name": row["name"], "position": int(row["position"])}
    return fields


def _check(file, agencies):
    for index, agency in enumerate(agencies):
        where = {"table": "agency", "index": index}
        file.check_keys(agency, AGENCY_REQUIRED, AGENCY_OPTIONAL, **where)
        file.check_types(agency, AGENCY_REQUIRED | AGENCY_OPTIONAL, **where)
        file.check_model(Agency(**_columns(agency)), exclude=["parent"], **where)
        if agency.get("phone") and not PHONE.fullmatch(agency["phone"]):
            raise file.error(_("số điện thoại ghi như +84912345678"), "phone", **where)
        if agency.get("valid_to", agency["valid_from"]) < agency["valid_from"]:
            raise file.error(_("valid_to phải từ valid_from trở đi"), "valid_to", **where)
        for key, model in LINKS.items():
            known = set(model.objects.filter(pk__in=agency.get(key, [])).values_list("pk", flat=True))
            if unknown := set(agency.get(key, [])) - known:
                words = {"key": key, "codes": ", ".join(sorted(unknown))}
                raise file.error(_("%(key)s: chưa nạp mã %(codes)s") % words, key, **where)
    _check_together(file, agencies)


def _check_together(file, agencies):
    codes = [agency["code"] for agency in agencies]
    centres = set(Agency.objects.filter(kind=Agency.Kind.CENTRE).values_list("code", flat=True))
    parents = dict(Agency.objects.values_list("code", "parent__code"))
    parents |= {agency["code"]: agency.get("parent") for agency in agencies}
    for index, agency in enumerate(agencies):
        where = {"table": "agency", "index": index}
        if agency["code"] in codes[:index]:
            raise file.error(_("mã %(code)s có hai lần") % {"code": agency["code"]}, "code", **where)
        if agency["kind"] == Agency.Kind.CENTRE:
            centres.add(agency["code"])
        if len(centres) > 1:
            raise file.error(_("chỉ có một đơn vị vận hành"), "kind", **where)
        if agency.get("parent") and agency["parent"] not in parents:
            raise file.error(_("không có cơ quan %(code)r") % {"code": agency["parent"]}, "parent", **where)
        if agency["code"] in _above(agency["code"], parents):
            raise file.error(_("cơ quan cấp trên đi thành vòng"), "parent", **where)


def _above(code, parents):
    """Every agency above this one, itself too where the parents form a circle."""
    found, parent = [], parents.get(code)
    while parent and parent not in found:
        found.append(parent)
        parent = parents.get(parent)
    return found


def _columns(agency):
    return {
        "code": agency["code"],
        "name": agency["name"],
        "kind": agency["kind"],
        "phone": agency.get("phone", ""),
        "email": agency.get("email", ""),
        "valid_from": agency["valid_from"],
        "valid_to": agency.get("valid_to"),
    }


def _store(agency):
    columns = _columns(agency)
    row = Agency.objects.filter(code=agency["code"]).first()
    if row is None:
        Agency.objects.create(**columns)
        return "added"
    if not differences(row, columns):
        return "unchanged"
    Agency.objects.filter(pk=row.pk).update(**columns)
    return "changed"


def _link(agency):
    """Set parent, fields and places once every agency is there; whether that changed anything."""
    row = Agency.objects.select_related("parent").get(code=agency["code"])
    parent = Agency.objects.get(code=agency["parent"]) if agency.get("parent") else None
    moved = row.parent != parent
    if moved:
        Agency.objects.filter(pk=row.pk).update(parent=parent)
    for key in LINKS:
        related = getattr(row, key)
        wanted = set(agency.get(key, []))
        if set(related.values_list("pk", flat=True)) != wanted:
            related.set(wanted)
            moved = True
    return moved
