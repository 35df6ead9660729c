"""Reading the csv and toml files that reference data is loaded from: every complaint names the file and the line."""

import csv
import re
import tomllib
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class SourceError(ValueError):
    """A file cannot be loaded; the text, in Vietnamese, names the file and, where there is one, the line."""

    def __init__(self, path, line, message):
        where = _("%(file)s, dòng %(line)d") % {"file": path.name, "line": line} if line else path.name
        super().__init__(f"{where}: {message}")


def read_text(path):
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(path, 0, _("tệp không phải UTF-8")) from None
    except OSError as error:
        raise SourceError(path, 0, _("không mở được tệp (%(why)s)") % {"why": error.strerror}) from None


def csv_rows(path, columns):
    """Each row of a csv file as (number of its last line, {column: stripped text}). Raises SourceError."""
    reader = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    try:
        if next(reader, None) != columns:
            raise SourceError(path, 1, _("dòng đầu phải là %(columns)s") % {"columns": ",".join(columns)})
        for values in reader:
            if len(values) != len(columns):
                count = {"expected": len(columns), "found": len(values)}
                raise SourceError(path, reader.line_num, _("cần %(expected)d cột nhưng có %(found)d") % count)
            yield reader.line_num, dict(zip(columns, (value.strip() for value in values), strict=True))
    except csv.Error as error:
        raise SourceError(path, reader.line_num, str(error)) from None


def first_line(path):
    return next(iter(read_text(path).splitlines()), "")


class TomlFile:
    """A toml file with the lines of its tables, so that a wrong value can be pointed at."""

    def __init__(self, path: Path):
        self.path = path
        text = read_text(path)
        self.lines = text.splitlines()
        try:
            self.values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            raise SourceError(path, int(found[1]) if found else 0, str(error)) from None

    def error(self, message, key="", table="", index=0):
        """What to raise about `key` of the `index`-th [[table]], or of the top of the file."""
        return SourceError(self.path, self._line(key, table, index), message)

    def _line(self, key, table, index):
        start = self._table_line(table, index) if table else 0
        for number, line in enumerate(self.lines[start:], start + 1):
            if line.startswith("["):
                break
            if key and re.match(rf"{re.escape(key)}\s*=", line):
                return number
        return start

    def _table_line(self, table, index):
        heads = [number for number, line in enumerate(self.lines, 1) if line.strip() in (f"[[{table}]]", f"[{table}]")]
        return heads[index] if index < len(heads) else 0

    def check_keys(self, values, required, optional, table="", index=0):
        """Raises SourceError for a key that is missing or that nothing reads."""
        for key in values:
            if key not in required and key not in optional:
                raise self.error(_("không có khóa %(key)r") % {"key": key}, key, table, index)
        for key in required:
            if key not in values:
                raise self.error(_("thiếu %(key)s") % {"key": key}, "", table, index)

    def check_types(self, values, types, table="", index=0):
        """Raises SourceError for a value that is not of the type named for its key; `[str]` is a list of texts."""
        for key, value in values.items():
            if not _is_a(value, types[key]):
                raise self.error(_("%(key)s có kiểu dữ liệu không đúng") % {"key": key}, key, table, index)

    def tables(self, name):
        """The [[name]] tables; [] where there is none. Raises SourceError for anything else under that name."""
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.error(_("%(name)s phải viết thành các bảng [[%(name)s]]") % {"name": name}, name)
        return found

    def check_model(self, instance, exclude=(), table="", index=0):
        """Raises SourceError for a value that the model's own fields refuse (length, choice, form)."""
        try:
            instance.clean_fields(exclude=exclude)
        except ValidationError as error:
            key, messages = next(iter(error.message_dict.items()))
            raise self.error(f"{key}: {' '.join(messages)}", key, table, index) from None


def _is_a(value, kind):
    if kind == [str]:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return type(value) is kind
