"""Is this process alive, and does the whole portal do its work? The second is for the machine's own watchers only."""

import shutil
import tempfile
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Thread
from time import monotonic

import redis
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone

from agencies.calendar import printed
from submissions.files.storing import LEAST_FREE
from submissions.files.viruses import scanner_answers
from workflow.models import Heartbeat

from .backup.points import points_in

OK = "ok"
PATIENCE = 4
"""Seconds after which a part that has not answered counts as failed."""
LATEST, OLDEST_BACKUP = timedelta(minutes=5), timedelta(hours=2)
INTERNAL = [
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
]


def alive(request):
    """Liveness for load balancers and scripts: says nothing of versions, database or load."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request):
    """Every part with "ok" or what is wrong with it; 503 where one is. Nobody outside learns that it exists."""
    if not is_internal(request):
        raise Http404
    parts = answers(PARTS, PATIENCE)
    status = 200 if set(parts.values()) == {OK} else 503
    return JsonResponse(parts, status=status, headers={"Cache-Control": "no-store"})


def is_internal(request):
    """Whether all whom the request came through, those that `X-Forwarded-For` names too, are of the own network.

    Whoever comes from outside is named there by the proxy; what else he writes into it can only count against him.
    Without any address it came through a socket file of this machine.
    """
    hops = [request.META.get("REMOTE_ADDR", ""), *request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return all(_is_of_the_own_network(hop.strip()) for hop in hops if hop.strip())


def _is_of_the_own_network(text):
    try:
        address = ip_address(text)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in INTERNAL)


def answers(parts, patience):
    """{part: its answer}, all asked at once, each in a thread of its own, so that one that hangs holds up nobody."""
    found = dict.fromkeys(parts, f"no answer within {patience} s")
    threads = [Thread(target=_ask, args=(found, name, part), daemon=True) for name, part in parts.items()]
    ends = monotonic() + patience
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, ends - monotonic()))
    return dict(found)


def _ask(found, name, part):
    try:
        found[name] = part()
    except Exception as error:  # whatever a driver or the system raises, it is the answer; its text may hold a password
        found[name] = type(error).__name__


def database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
    return OK


def broker():
    if not settings.REDIS_URL:
        return _writable(settings.QUEUE_DIR)
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        client.ping()
    return OK


def storage():
    _writable(settings.MEDIA_ROOT)
    return room(shutil.disk_usage(settings.MEDIA_ROOT))


def room(usage):
    return OK if usage.free >= LEAST_FREE * usage.total else f"less than {LEAST_FREE:.0%} of the volume is free"


def _writable(folder):
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"ok")
    return OK


def last_sweep():
    return _recent(Heartbeat.Job.SWEEP)


def last_delivery():
    return _recent(Heartbeat.Job.DELIVER)


def _recent(job):
    try:
        beat = Heartbeat.objects.filter(job=job).first()
    finally:
        connection.close()
    if beat is None:
        return "never"
    return OK if abs(timezone.now() - beat.at) <= LATEST else f"last at {printed(beat.at)}"


def backed_up():
    """Whether the latest point is as young as it should be; ok where this host takes none."""
    if not settings.BACKUP_KEY:
        return OK
    latest = next(iter(points_in(settings.BACKUP_DIR)), None)
    if latest is None:
        return "never"
    return OK if timezone.now() - latest.made_at <= OLDEST_BACKUP else f"last at {printed(latest.made_at)}"


def scanner():
    return OK if not settings.CLAMD or scanner_answers() else "no answer: uploaded files stay closed"


PARTS = {
    "database": database,
    "broker": broker,
    "storage": storage,
    "sweep": last_sweep,
    "deliver": last_delivery,
    "backup": backed_up,
    "scanner": scanner,
}
