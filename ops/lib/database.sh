# shellcheck shell=bash disable=SC2034,SC2154
# The private PostgreSQL cluster, or the one that AIDDESK_DATABASE names.
#
# Sets db_host, db_port, db_name and db_user: how the operator's superuser connects.

pg_bin=/usr/lib/postgresql/15/bin

# database_start: afterwards the database exists and answers; its tables are the business of `aiddesk migrate`.
database_start() {
    if [ -n "${AIDDESK_DATABASE:-}" ]; then
        database_given
    else
        db_host=$run/pg db_port=5432 db_name=aiddesk db_user=postgres
        cluster_make
        cluster_start
    fi
    database_check
}

# superuser_sql DATABASE: runs SQL from standard input as the operator's superuser.
superuser_sql() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
        --host "$db_host" --port "$db_port" --username "$db_user" --dbname "$1"
}

# cluster_make: data checksums, because a volunteer's evidence must not rot unseen; C.UTF-8, because under LC_CTYPE=C Chinese
# search finds nothing (UX.md, section 7).
cluster_make() {
    if [ ! -s "$pg/PG_VERSION" ]; then
        step "making the PostgreSQL cluster"
        install -d -m 700 -o aiddesk-postgres -g aiddesk-postgres "$pg"
        local log
        log=$logs/initdb.log
        if ! (cd / && as_user aiddesk-postgres "$pg_bin/initdb" --pgdata "$pg" --data-checksums --encoding UTF8 \
            --locale C.UTF-8 --username postgres --auth peer --no-instructions) >"$log" 2>&1; then
            tail -n 20 "$log" >&2
            die "initdb failed" "If $pg is half made, remove it and start again."
        fi
    fi
    cluster_configure
}

# cluster_configure: our settings, written at every start so that an upgrade of the service brings its own.
cluster_configure() {
    local own=$pg/aiddesk
    install -d -m 700 -o aiddesk-postgres -g aiddesk-postgres "$own"
    fill "$src/ops/postgres/postgresql.conf.in" "$pg/postgresql.conf" "SOCKET=$run/pg" "ETC=$own"
    cp "$src/ops/postgres/pg_hba.conf" "$src/ops/postgres/pg_ident.conf" "$own/"
    chown -R aiddesk-postgres:aiddesk-postgres "$own" "$pg/postgresql.conf"
    chmod 600 "$own"/* "$pg/postgresql.conf"
}

# A reboot or a kill -9 leaves a lock file whose process id may belong to somebody else by now; PostgreSQL judges
# that itself, and our own process ids are checked with their start times.
postgres_start() { process_start postgres aiddesk-postgres "$pg_bin/postgres" -D "$pg"; }

cluster_start() {
    postgres_start
    wait_until 60 database_answers || process_failed postgres "PostgreSQL did not start"
}

database_answers() {
    process_alive postgres || return 1
    "$pg_bin/pg_isready" --quiet --host "$db_host" --port "$db_port"
}

# database_given: takes AIDDESK_DATABASE apart by asking libpq, which knows every form of a connection string.
database_given() {
    local answer
    answer=$(psql --no-psqlrc --quiet "$AIDDESK_DATABASE" -c '\echo :HOST' -c '\echo :PORT' -c '\echo :DBNAME' -c '\echo :USER') ||
        die "the PostgreSQL of AIDDESK_DATABASE does not let root in" \
            "It must be a superuser's connection by peer, for example AIDDESK_DATABASE='host=/run/postgresql dbname=aiddesk user=postgres'" \
            "with a line 'aiddesk root postgres' in its pg_ident.conf; see ops/postgres/pg_hba.conf and pg_ident.conf for all lines."
    { read -r db_host; read -r db_port; read -r db_name; read -r db_user; } <<<"$answer"
}

# database_check: makes the database of the private cluster; of a given one it only says what is not as it must be.
database_check() {
    local facts
    if [ -z "${AIDDESK_DATABASE:-}" ] &&
        [ -z "$(superuser_sql postgres <<<"select 1 from pg_database where datname = 'aiddesk'")" ]; then
        superuser_sql postgres <<<"create database aiddesk template template0 encoding 'UTF8' locale 'C.UTF-8'"
    fi
    facts=$(superuser_sql "$db_name" <<<"select current_setting('is_superuser') || ' ' || pg_encoding_to_char(encoding) || ' ' ||
        (datctype in ('C', 'POSIX')) || ' ' || (current_setting('server_version_num')::int / 10000)
        from pg_database where datname = current_database()")
    [ "$facts" = 'on UTF8 false 15' ] ||
        die "the database $db_name cannot be used: superuser, encoding, ctype is C, version = $facts" \
            "Needed: a superuser, UTF8, LC_CTYPE C.UTF-8 (not C), PostgreSQL 15."
}

# database_stop: a fast shutdown; a given server is left alone.
database_stop() { process_stop postgres INT 60; }
