#!/bin/bash
# Dumps the database once a day and forgets dumps older than KEEP_DAYS. A broken dump never replaces a whole one.
set -euo pipefail
umask 077  # others may see how old a dump is, not what is in it
cd /var/lib/postgresql
mkdir -p unfinished

while true; do
  name="timebank-$(date -u +%Y%m%dT%H%M%SZ).dump"
  if pg_dump --format=custom --file="unfinished/$name" "$OWNER_DATABASE_URL"; then
    mv "unfinished/$name" "$name"
    find . -maxdepth 1 -name 'timebank-*.dump' -mmin "+$((KEEP_DAYS * 24 * 60))" -delete
    echo "wrote $name"
    sleep 86400 &
  else
    rm -f "unfinished/$name"
    echo "the dump failed; trying again in 10 minutes" >&2
    sleep 600 &
  fi
  trap 'exit 0' TERM INT
  wait $!
done
