"""The morning's digest of one desk: due today, late, waiting for me."""


def digest(desk, now, calendar):
    """The context of `messages/desk_digest.txt`, or None where nothing is due, late or waiting."""
    return None
