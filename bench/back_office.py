"""The back office on PostgreSQL at growing size: queues, their filters and searches, and the page of a case.

    .venv/bin/python bench/back_office.py

Makes a database of its own (DATABASE_URL says on which server) and drops it again. BENCH_SIZES cases (10000, 100000,
1000000) in these shares: 2 % at intake, 10 % in processing, spread over the agencies, the rest answered, each with its
sender, access, clocks, events and audit, copied by SQL from a case of the sample in that state. What is timed is the
whole page, as the desk's own browser asks for it; medians of ROUNDS. Read the last column, largest to smallest.
"""

import re
from functools import partial

from database import grow, use
from database.cases import FIRST, fill

NAME = "pakn_bench_back_office"
ROUNDS = 9
use(NAME)


def desk(username):
    from django.test import Client

    from agencies.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username=username))
    return client


def _given_a_code(case):
    """The address of a copy's page: copies have no code that can be read."""
    from submissions.codes import new_code
    from submissions.models import Case

    code = new_code(case.received_at)
    Case.objects.filter(pk=case.pk).update(code=code)
    return f"/can-bo/ho-so/{code}/"


def questions():
    from submissions.models import Case

    centre, drafts, leads, whole = desk("vanhanh"), desk("soxd.cm"), desk("soxd.ld"), desk("sotonghop")
    mine = Case.objects.filter(access__agency__code="soxd", access__part="lead", state="PROCESSING", pk__gt=FIRST)
    held, lodged = mine.order_by("pk").first(), Case.objects.filter(state="LODGED", pk__gt=FIRST).order_by("pk").first()
    pages = [_given_a_code(case) for case in (lodged, held)]
    first = centre.get("/can-bo/", {"stage": "intake"}).content.decode()
    following = re.search(r"[?&;]page=([\w-]+)", first)[1]

    def asks(client, address, **query):
        def ask():
            response = client.get(address, query)
            assert response.status_code == 200, response.status_code

        return ask

    queue = "/can-bo/"
    return {
        "centre: intake": asks(centre, queue, stage="intake"),
        "centre: intake, next page": asks(centre, queue, stage="intake", page=following),
        "centre: all open": asks(centre, queue, stage="open"),
        "centre: open, by channel": asks(centre, queue, stage="open", channel="web"),
        "centre: open, words of many": asks(centre, queue, stage="open", q="đường"),
        "centre: open, words of few": asks(centre, queue, stage="open", q="đường ngập"),
        "centre: a sender's name": asks(centre, queue, stage="open", q="trần thị hoa"),
        "centre: a sender's number": asks(centre, queue, q="0900000077"),
        "specialist: in processing": asks(drafts, queue, stage="process"),
        "specialist: words of many": asks(drafts, queue, stage="process", q="đường"),
        "specialist: words of few": asks(drafts, queue, stage="process", q="đường ngập"),
        "leader: the agency's": asks(leads, queue, stage="agency"),
        "supervisor: all open": asks(whole, queue, stage="open"),
        "case page at intake, with advice": asks(centre, pages[0]),
        "case page of the specialist": asks(drafts, pages[1]),
    }


if __name__ == "__main__":
    grow(NAME, "cases", ROUNDS, partial(fill, NAME), questions)
