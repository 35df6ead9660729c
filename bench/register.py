"""The public register on PostgreSQL at growing size: its pages, its filters and its search, each beside the smallest.

    .venv/bin/python bench/register.py

Makes a database of its own (DATABASE_URL says on which server) and drops it again. BENCH_SIZES published cases
(10000,100000,1000000), written by SQL with the titles of the sample. What is timed is the view's own query and rows,
medians of ROUNDS; read the last column, largest to smallest.
"""

import uuid

from database import connect, copies, grow, use

NAME = "pakn_bench_register"
ROUNDS = 7
FIRST = 1_000_001

use(NAME)


def fill(numbers):
    """Published copies, a minute apart, with the sample's titles and places in turn."""
    from submissions.models import Case, Sender
    from submissions.text import fold

    model = Case.objects.public().select_related("sender").order_by("pk").first()
    told = [(case.title, case.place) for case in Case.objects.filter(pk__lt=FIRST).order_by("pk")]
    texts = ["\n".join(["code", fold(title), fold(title), fold(place)]) for title, place in told]
    key = "md5('bench' || k)::uuid"
    base = {"id": str(FIRST - 1) + " + k"}
    changed = {
        "code": "'B' || k", "submission_key": key, "sender_id": base["id"],
        "search_text": "(%(texts)s::text[])[1 + k %% %(n)s]",
        "published_at": "t.published_at - k * interval '1 minute'",
    }  # fmt: skip
    connection = connect(NAME)
    with connection.cursor() as cursor:
        cursor.execute(copies(Sender, model.sender_id, numbers, **base))
        cursor.execute(copies(Case, model.pk, numbers, **base | changed), {"texts": texts, "n": len(texts)})
        cursor.execute("VACUUM ANALYZE submissions_case, submissions_sender")
    connection.close()


def questions():
    from submissions.lookalikes import published_like
    from workflow.publications import register

    deep = register()
    for _page in range(3):
        deep = register(after=deep.next)
    return {
        "newest page": lambda: register(),
        "a page further on": lambda: register(after=deep.next),
        "words: duong ngap": lambda: register(q="đường ngập"),
        "words: 1 in 70 cases": lambda: register(q="taxi du chat chem"),
        "words that no case has": lambda: register(q="không có chữ này"),
        "a code": lambda: register(q=uuid.uuid4().hex[:8]),
        "field": lambda: register(field="ha-tang-do-thi"),
        "agency": lambda: register(agency="soxd"),
        "look-alikes while writing": lambda: published_like("Đèn đường không sáng", "Hùng Vương"),
    }


if __name__ == "__main__":
    grow(NAME, "published", ROUNDS, fill, questions)
