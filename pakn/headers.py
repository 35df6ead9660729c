"""Headers that every answer carries beside Django's and the CSP's (R47, R49)."""

FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def private_by_default(get_response):
    """No page is stored but those that say otherwise; what a signed-in person sees is nobody else's."""

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not response.has_header("Cache-Control"):
            known = request.user.is_authenticated or not request.session.is_empty()
            response.headers["Cache-Control"] = "private, no-store" if known else "no-cache"
        return response

    return answer
