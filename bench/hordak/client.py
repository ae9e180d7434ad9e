"""Run in django-hordak's own environment: ``client.py prepare``, or ``client.py CLIENTS SECONDS`` → transfers a second.

``transfer_to`` writes a transaction and two legs; its triggers look at the sum when the transaction commits.
"""

import multiprocessing
import os
import random
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"  # of this folder, which Python puts first

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from hordak.models import Account  # noqa: E402
from moneyed import Money  # noqa: E402

ACCOUNTS = 1000


def prepare() -> None:
    """An issuance account and a thousand wallets."""
    call_command("migrate", verbosity=0)
    Account.objects.create(name="Issuance", code="0", type="AS", currencies=["CNY"])
    for number in range(1, ACCOUNTS + 1):
        Account.objects.create(name=f"W{number}", code=str(number), type="LI", currencies=["CNY"])


def rate(clients: int, seconds: float) -> float:
    """Transfers a second of so many processes."""
    connection.close()
    with multiprocessing.get_context("fork").Pool(clients) as pool:
        pool.map(transfer, [0.1] * clients, chunksize=1)  # connections and caches
        return sum(pool.map(transfer, [seconds] * clients, chunksize=1)) / seconds


def transfer(seconds: float) -> int:
    """From issuance to a random wallet, one after another; how many."""
    issuance, *wallets = Account.objects.order_by("pk")
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with transaction.atomic():
            issuance.transfer_to(random.choice(wallets), Money(60, "CNY"))
        done += 1
    return done


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        print(rate(int(sys.argv[1]), float(sys.argv[2])))
