"""The language of a page: Vietnamese, or English for who chose it by the switch, which leaves a cookie.

Django's LocaleMiddleware would follow the browser's Accept-Language too. Many browsers here were never set to
Vietnamese, and their owners would meet a foreign page without having asked for it.

The desks work in Vietnamese whatever was chosen: what is written, printed and signed there is official.
"""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers

DESKS = ("/can-bo/", "/bao-cao/", "/quan-tri/")


def chosen_language(get_response):
    def answer(request):
        language = _language(request)
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response

    return answer


def _language(request):
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    is_open_to_choice = chosen in dict(settings.LANGUAGES) and not request.path_info.startswith(DESKS)
    return chosen if is_open_to_choice else settings.LANGUAGE_CODE
