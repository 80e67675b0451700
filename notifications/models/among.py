"""``pk__among``: rows by many keys, in a statement whose text is always the same."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import BigAutoField, Lookup


@BigAutoField.register_lookup
class Among(Lookup):
    """As ``__in``, for hundreds of keys: they travel as one value and not one by one.

    Takes whole numbers; not for querysets.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        params = [*lhs_params, json.dumps(list(self.rhs))]
        return f"{lhs} IN (SELECT value FROM json_each(%s))", params  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*lhs_params, list(self.rhs)]
