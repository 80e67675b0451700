"""django-post_office: stored with ``send_many``, sent until the queue is empty.

python -m tests.benchmarks.peers.post_office COUNT [--processes 2]
"""

from __future__ import annotations

import os
import time

from . import common

#: Mails handed to ``send_many`` at once.
LOT = 1_000


def main() -> None:
    options = common.arguments(__doc__)
    common.set_up()
    from post_office import mail
    from post_office.models import STATUS, Email, EmailTemplate, Log

    # Rendered when it is stored, or from its context when it is sent.
    later = os.environ.get("PEER_RENDER") == "later"
    words = common.words()
    template = EmailTemplate.objects.create(
        name="water",
        subject=words["subject"],
        content=words["text"],
        html_content=words["html"],
    )
    everybody = common.people(options.count)
    began = time.perf_counter()
    for lot in common.in_lots(everybody, LOT):
        mail.send_many(
            [
                {
                    "recipients": [person.to],
                    "template": template,
                    "context": person.values,
                    "headers": person.headers,
                    "render_on_delivery": later,
                }
                for person in lot
            ]
        )
    lock = os.path.join(os.environ["BENCH_FOLDER"], "post_office")
    mail.send_queued_mail_until_done(lock, options.processes)
    sent = Email.objects.filter(status=STATUS.sent).count()
    logged = Log.objects.filter(status=STATUS.sent).count()
    common.stop_clock(began, options.count, sent=sent, logged=logged)


if __name__ == "__main__":
    main()
