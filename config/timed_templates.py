"""Django's templates, which say how long they took: the request's line in the log tells it."""

import time
from typing import Any

from django.template.backends.django import DjangoTemplates, Template

from apps.scope.cursors import clock


class TimedTemplate(Template):
    def render(self, context: Any = None, request: Any = None) -> Any:
        began = time.perf_counter()
        try:
            return super().render(context, request)
        finally:
            if (running := clock.get()) is not None:
                running.template += time.perf_counter() - began


class TimedTemplates(DjangoTemplates):
    def get_template(self, template_name: str) -> TimedTemplate:
        return TimedTemplate(super().get_template(template_name).template, self)
