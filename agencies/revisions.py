"""After an agency, a field, a rule set or a phrase the `Revision` changes, in the same transaction where there is one.

What is written in bulk says so itself (`agencies.loaders.rows`); each night it changes anyway (`pakn.housekeeping`).
"""

from django.db.models.signals import m2m_changed, post_delete, post_save

from .models import Agency, Field, Phrase, Revision, RuleSet

WATCHED = (Agency, Field, Phrase, RuleSet)
LINKS = (Agency.fields.through, Agency.places.through)


def watch():
    for signal in (post_save, post_delete):
        for model in WATCHED:
            signal.connect(_changed, sender=model, dispatch_uid=f"revision {model.__name__}")
    for links in LINKS:
        m2m_changed.connect(_changed, sender=links, dispatch_uid=f"revision {links.__name__}")


def _changed(sender, **_kwargs):
    Revision.touch()
