"""Uploaded files: what is taken, in what form it is stored, and how it is served."""

from .checking import MAX_FILES, CleanFile, check_total, clean_upload, display_name
from .images import covered
from .kinds import ACCEPT, HINT, LIMITS, MEBIBYTE, TYPES, Kind
from .reading import sha256 as file_sha256
from .refusals import Refused
from .storing import (
    attachment_response,
    forget,
    forget_half_written,
    has_room,
    private_storage,
    storage_path,
    store,
    thumbnail_of,
)

__all__ = [
    "ACCEPT",
    "HINT",
    "LIMITS",
    "MAX_FILES",
    "MEBIBYTE",
    "TYPES",
    "CleanFile",
    "Kind",
    "Refused",
    "attachment_response",
    "check_total",
    "clean_upload",
    "covered",
    "display_name",
    "file_sha256",
    "forget",
    "forget_half_written",
    "has_room",
    "private_storage",
    "storage_path",
    "store",
    "thumbnail_of",
]
