"""django-mailer: stored by its backend, sent by ``send_all``.

python -m tests.benchmarks.peers.mailer COUNT
"""

from __future__ import annotations

import time

from . import common

LOT = 1_000


def main() -> None:
    options = common.arguments(__doc__)
    common.set_up()
    from django.core.mail import get_connection
    from mailer.engine import send_all
    from mailer.models import MessageLog

    everybody, letter = common.people(options.count), common.Letter()
    store = get_connection("mailer.backend.DbBackend")
    began = time.perf_counter()
    for lot in common.in_lots(everybody, LOT):
        store.send_messages([letter.to(person) for person in lot])
    send_all()
    # It moves what was sent from its queue into its log.
    sent = MessageLog.objects.filter(result="1").count()
    common.stop_clock(began, options.count, sent=sent, logged=sent)


if __name__ == "__main__":
    main()
