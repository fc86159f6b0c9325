#!/bin/sh
# Run once by PostgreSQL's image, when its volume is empty: the gateways are no superuser.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set password="$ANTIPHON_DATABASE_PASSWORD" <<'SQL'
CREATE USER antiphon PASSWORD :'password';
CREATE DATABASE antiphon OWNER antiphon ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE antiphon FROM PUBLIC;
SQL
