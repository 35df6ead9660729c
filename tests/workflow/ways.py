"""Short words for carrying a case along and for reading its clocks, shared by the tests of limits and effects."""

from tests.cast import LOCAL, at


def clocks_of(way, when):
    """`{key: [outcomes, oldest first]}` of every clock of the case, superseded ones too."""
    found = {}
    for clock in way.case.clocks.order_by("pk"):
        found.setdefault(clock.key, []).append(str(clock.outcome_at(at(when))))
    return found


def running(way):
    return sorted(way.case.clocks.filter(ending="running").values_list("key", flat=True))


def holder(way, key):
    return way.case.clocks.filter(key=key).latest("pk").holder.code


def to_the_second(moment):
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def distribute(way, when, agency="soxd", **data):
    return way.does("distribute", way.cast.oanh, when, agency=way.cast.agency(agency), field=way.cast.field(), **data)


def accepted(way, received="2026-03-02 10:00", when="2026-03-02 15:00", **data):
    distribute(way, received)
    return way.does("accept", way.cast.son, when, **data)


def submit(way, when, **data):
    return way.does("submit", way.cast.son, when, **{"outcome": "done", "body": "Đã thay bóng đèn."} | data)


def answered(way, submitted="2026-03-05 15:00", approved="2026-03-05 16:00", **data):
    accepted(way)
    submit(way, submitted, **data)
    return way.does("approve", way.cast.lan, approved)


def refuse(way, when):
    return way.does("refuse", way.cast.oanh, when, ground="out_of_scope", note="Ngoài phạm vi")


def give_back(way, viewer, when):
    return way.does("return", viewer, when, ground="not_competent", note="Không đúng thẩm quyền")


def ask(way, when):
    return way.does("ask", way.cast.sender_of(way.case), when, body="Bao giờ xong?")
