"""Provinces and communes of today, and the communes before 1/7/2025 with the units they belong to now (§9)."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import AdministrativeUnit, FormerCommune

from .rows import Changes, bring_to
from .source_files import SourceError, csv_rows, first_line

UNIT_COLUMNS = ["code", "level", "kind", "name", "parent_code"]
FORMER_COLUMNS = ["former_code", "former_name", "former_district", "former_province", "current_codes"]
LONGEST = 80
CODE_FORMS = {AdministrativeUnit.Level.PROVINCE: r"\d{2}", AdministrativeUnit.Level.COMMUNE: r"\d{5}"}


def holds_units(path):
    """Whether a file holds today's units; otherwise it is taken for one of former communes."""
    return first_line(path) == ",".join(UNIT_COLUMNS)


@transaction.atomic
def load_units(path) -> Changes:
    """Bring today's units to what the file says. A unit that is missing in it stays. Raises SourceError."""
    wanted = {}
    provinces = set(AdministrativeUnit.objects.filter(parent=None).values_list("code", flat=True))
    for line, row in csv_rows(path, UNIT_COLUMNS):
        _check_unit(path, line, row, wanted)
        if row["level"] == AdministrativeUnit.Level.PROVINCE:
            provinces.add(row["code"])
        elif row["parent_code"] not in provinces:
            raise SourceError(path, line, _("không có tỉnh %(code)r") % {"code": row["parent_code"]})
        wanted[row["code"]] = {
            "level": row["level"],
            "kind": row["kind"],
            "name": row["name"],
            "parent_id": row["parent_code"] or None,
        }
    return bring_to(AdministrativeUnit, wanted)


@transaction.atomic
def load_former_communes(path) -> Changes:
    """Bring former communes and their units of today to what the file says. Raises SourceError."""
    communes = set(AdministrativeUnit.objects.exclude(parent=None).values_list("code", flat=True))
    wanted, current = {}, {}
    for line, row in csv_rows(path, FORMER_COLUMNS):
        code = row["former_code"]
        _check_code(path, line, code, r"\d{5}", wanted)
        current[code] = set(row["current_codes"].split())
        if unknown := current[code] - communes:
            raise SourceError(path, line, _("không có xã, phường %(codes)s") % {"codes": ", ".join(sorted(unknown))})
        wanted[code] = {
            "name": _present(path, line, row, "former_name"),
            "district": _present(path, line, row, "former_district"),
            "province": _present(path, line, row, "former_province"),
        }
    known = set(FormerCommune.objects.values_list("code", flat=True))
    rows = bring_to(FormerCommune, wanted)
    moved = len(_bring_links_to(current) & known)
    return rows._replace(changed=rows.changed + moved, unchanged=rows.unchanged - moved)


def _bring_links_to(current):
    """Bring the links of the former communes given to the units of today given; the codes that this touched."""
    through = FormerCommune.current.through
    wanted = {(former, unit) for former, units in current.items() for unit in units}
    rows = through.objects.values_list("formercommune_id", "administrativeunit_id", "pk")
    loaded = {(former, unit): pk for former, unit, pk in rows if former in current}
    missing = sorted(wanted - loaded.keys())
    gone = sorted(loaded.keys() - wanted)
    through.objects.bulk_create(
        [through(formercommune_id=former, administrativeunit_id=unit) for former, unit in missing], batch_size=1000
    )
    through.objects.filter(pk__in=[loaded[link] for link in gone]).delete()
    return {former for former, unit in missing + gone}


def _check_unit(path, line, row, seen):
    if row["level"] not in CODE_FORMS:
        raise SourceError(path, line, _("không có cấp %(level)r") % {"level": row["level"]})
    _check_code(path, line, row["code"], CODE_FORMS[row["level"]], seen)
    for column in ("kind", "name"):
        _present(path, line, row, column)
    if row["level"] == AdministrativeUnit.Level.PROVINCE and row["parent_code"]:
        raise SourceError(path, line, _("tỉnh, thành phố không thuộc đơn vị nào"))


def _check_code(path, line, code, form, seen):
    if not re.fullmatch(form, code, re.ASCII):
        raise SourceError(path, line, _("mã %(code)r không đúng") % {"code": code})
    if code in seen:
        raise SourceError(path, line, _("mã %(code)s đã có ở dòng trên") % {"code": code})


def _present(path, line, row, column):
    if not row[column]:
        raise SourceError(path, line, _("thiếu %(column)s") % {"column": column})
    if len(row[column]) > LONGEST:
        raise SourceError(path, line, _("%(column)s dài quá %(count)d ký tự") % {"column": column, "count": LONGEST})
    return row[column]
