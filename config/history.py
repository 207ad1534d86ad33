"""Who changed what, noted by triggers: the request's account and address go with every statement of a change.

Saving quantities is left out. Its tables keep their own log and no such trigger, and it is what everybody does at
the same moment.
"""

import re
from typing import Any

import pghistory.middleware
from django.http import HttpRequest, HttpResponseBase

QUANTITIES = re.compile(r"^/(allocation/[^/]+/(pending|selected)|demand/[^/]+/entry)/")


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        handle: Any = self.get_response if QUANTITIES.match(request.path_info) else super().__call__
        response: HttpResponseBase = handle(request)
        return response
