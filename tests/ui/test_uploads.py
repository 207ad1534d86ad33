"""Where a form would be led on after an upload, the script that sent it is told where to."""

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from apps.ui.pages.uploads import UploadMiddleware

BY_SCRIPT = {"X-Upload": "1"}


def answered(response, headers):
    request = RequestFactory().post("/somewhere/", headers=headers)
    return UploadMiddleware(lambda _request: response)(request)


def test_a_script_is_told_the_place_and_keeps_the_cookies():
    response = HttpResponseRedirect("/there/")
    response.set_cookie("messages", "said")

    told = answered(response, BY_SCRIPT)

    assert (told.status_code, told["X-Next"], "Location" in told) == (204, "/there/", False)
    assert told.cookies["messages"].value == "said"


@pytest.mark.parametrize(
    ("response", "headers"),
    [(HttpResponseRedirect("/there/"), {}), (HttpResponse("as it is", status=422), BY_SCRIPT)],
    ids=["a form is led on", "a page with errors is shown"],
)
def test_everything_else_passes_as_it_is(response, headers):
    assert answered(response, headers) is response
