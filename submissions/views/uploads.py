"""A file sent ahead of its form by `static/uploads.js`: kept as a draft of this session, or refused with a sentence.

Without JavaScript files come with their form; both ways end in the same drafts.
"""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from submissions.sessions import draft_key
from submissions.upload_forms import DROP, KEPT, UploadsForm

from .refusals import seconds_to_upload, too_many


@never_cache
@require_POST
def upload_draft(request):
    """The files kept so far, as part of a page, with why the new one was not taken if it wasn't."""
    if seconds := seconds_to_upload(request):
        return too_many(request, seconds)
    kept, refused = UploadsForm(draft_key=draft_key(request)).keep(request.POST, request.FILES)
    context = {"kept": kept, "refused": refused, "KEPT": KEPT, "DROP": DROP}
    return render(request, "submissions/_kept_files.html", context, status=422 if refused else 200)
