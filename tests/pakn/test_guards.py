"""The guards of the test suite themselves: a guard that never fails guards nothing."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template, engines
from django.template.loader import render_to_string

from agencies.models import User
from tests.guards import no_write_while_reading


def save_a_user(request):
    User.objects.create(username=f"by-{request.method}")
    return HttpResponse()


def save_the_session(request):
    request.session = {}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_session SET session_data = ''")
    return HttpResponse()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_that_writes_fails(rf, method):
    with pytest.raises(AssertionError, match="a GET wrote to agencies_user"):
        no_write_while_reading(save_a_user)(rf.generic(method, "/"))


@pytest.mark.django_db
def test_a_post_may_write_and_a_get_may_write_the_session(rf):
    no_write_while_reading(save_a_user)(rf.post("/"))
    no_write_while_reading(save_the_session)(rf.get("/"))
    assert User.objects.get().username == "by-POST"


@pytest.mark.parametrize(
    "source", ["{{ nothing }}", "{{ nothing.inside|upper }}", "{% if True %}{{ nothing }}{% endif %}"]
)
def test_an_undefined_variable_in_our_template_fails(source, tmp_path, settings):
    templates = [*settings.TEMPLATES]
    templates[0]["DIRS"] = [tmp_path]
    settings.TEMPLATES = templates
    (tmp_path / "page.html").write_text(source)
    with pytest.raises(pytest.fail.Exception, match="page.html: undefined variable nothing"):
        render_to_string("page.html", {})


def test_a_defined_variable_is_no_offence_even_when_it_is_empty(settings):
    template = Template("{{ empty }}{{ none }}", engine=engines["django"].engine)
    assert template.render(Context({"empty": "", "none": None})) == "None"


@pytest.mark.django_db
def test_django_s_own_pages_are_left_alone(admin_client):
    assert admin_client.get("/quan-tri/").status_code == 200
