-- How many different pages a session's first export of tenant 1 reads. Caller: schema.sh, in a database copied file by file, so that
-- none of its pages is in the buffers, which have room for all of them.
-- Prints: pages of the tenants' tables and their indexes, and of the whole database, its catalogs included.
\set ON_ERROR_STOP on
SELECT length(rehydra_export('1')) \g /dev/null
SELECT count(*) FILTER (WHERE relfilenode IN (SELECT pg_relation_filenode(oid) FROM pg_class WHERE relnamespace = 'work'::regnamespace)), count(*)
FROM pg_buffercache WHERE reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database());
