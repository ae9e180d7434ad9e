#!/bin/bash
# Backs the database up once a day and forgets backups older than KEEP_DAYS, also unfinished ones.
set -euo pipefail
umask 077  # others may see how old a backup is, not what is in it

while true; do
  name="timebank-$(date -u +%Y%m%dT%H%M%SZ).dump"
  if python manage.py backup "/backups/$name"; then
    # A killed one leaves .timebank-….unfinished, which holds people's names as well.
    find /backups -maxdepth 1 -name '*timebank-*.dump*' -mmin "+$((KEEP_DAYS * 24 * 60))" -delete
    sleep 86400 &
  else
    echo "the backup failed; trying again in 10 minutes" >&2
    sleep 600 &
  fi
  trap 'exit 0' TERM INT
  wait $!
done
