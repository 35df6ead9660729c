"""Forms with several uploads that are never lost: what passed is kept as a draft while another field is put right.

Kept drafts travel as the repeated hidden field `kept`; a tick of `drop` takes one off. Both count only for drafts of
the same browser session (`draft_key`), so a foreign id does nothing.
"""

import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .drafts import drafts_of, keep_uploads
from .files import ACCEPT, HINT, LIMITS, MEBIBYTE, TYPES
from .files.refusals import MESSAGES

KEPT, DROP = "kept", "drop"
TOLD = {
    "limits": json.dumps({extension: LIMITS[file_type.kind] // MEBIBYTE for extension, file_type in TYPES.items()}),
    "too_large": MESSAGES["too_large"],
}
"""What `static/uploads.js` tells before it sends anything; %(name)s and %(limit)d are filled in there."""


class UploadsInput(forms.FileInput):
    """The file box, above it the files kept so far; the form sets `kept` and `refused`."""

    template_name = "submissions/_uploads.html"
    allow_multiple_selected = True
    kept = refused = ()

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        return context | {"kept": self.kept, "refused": self.refused, "KEPT": KEPT, "DROP": DROP, "told": TOLD}


class MultipleFileField(forms.FileField):
    """Hands on the list of uploaded files; each is judged when it is kept, so that one bad file costs no other."""

    widget = UploadsInput

    def clean(self, data, initial=None):
        return list(data or [])


class UploadsForm(forms.Form):
    """A form with `attachments`: after `is_valid()` the list of kept drafts, ready for `submissions.drafts.attach`."""

    attachments = MultipleFileField(
        label=_("Tài liệu đính kèm"),
        required=False,
        help_text=HINT,
        widget=UploadsInput(attrs={"accept": ACCEPT}),
        error_messages={"required": _("Vui lòng đính kèm ít nhất một tệp.")},
    )

    def __init__(self, data=None, files=None, *, draft_key="", **kwargs):
        super().__init__(data, files, **kwargs)
        self.draft_key = draft_key

    @classmethod
    def unvalidated(cls, data, files, *, draft_key, initial=None, **kwargs):
        """The form showing what was posted, uploads kept, nothing judged: for buttons that send nothing yet."""
        form = cls(draft_key=draft_key, **kwargs)
        form.initial = (initial or {}) | {
            name: field.widget.value_from_datadict(data, files, name)
            for name, field in form.fields.items()
            if not isinstance(field, MultipleFileField)
        }
        form.keep(data, files)
        return form

    def keep(self, data, files):
        """Store what passes; returns (all drafts kept, sentences about the files refused)."""
        values = forms.MultipleHiddenInput().value_from_datadict
        dropped = set(values(data, files, self.add_prefix(DROP)) or [])
        wanted = [value for value in values(data, files, self.add_prefix(KEPT)) or [] if value not in dropped]
        widget = self.fields["attachments"].widget
        uploads = widget.value_from_datadict(data, files, self.add_prefix("attachments")) or []
        widget.kept, widget.refused = keep_uploads(uploads, self.draft_key, drafts_of(self.draft_key, wanted))
        return widget.kept, widget.refused

    def clean_attachments(self):
        kept, refused = self.keep(self.data, self.files)
        self.fields["attachments"].widget.refused = ()
        if refused:
            raise ValidationError(refused)
        if self.fields["attachments"].required and not kept:
            raise ValidationError(self.fields["attachments"].error_messages["required"], code="required")
        return kept
