-- Registration must not let rows of others through, lose choices, or stop at one odd table: what a review found.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(36);
\ir helpers.psql
CREATE FUNCTION pg_temp.told(answer text, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  EXECUTE format('SELECT concat_ws('' | '', action, tenant, note) FROM %s WHERE table_name = %L AND action <> ''would run''', answer, name) INTO line;
  RETURN line;
END
$$;

-- One table name in two schemas: a way leads to the table that the foreign key means, or nowhere.
CREATE SCHEMA s1;
CREATE SCHEMA s2;
CREATE TABLE s1.orders (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE s2.orders (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE s2.items (id int PRIMARY KEY, order_id int NOT NULL REFERENCES s2.orders, v text);
SELECT count(*) AS registered FROM rehydra_register_schema('s1') \gset
CREATE TEMP TABLE two AS SELECT * FROM rehydra_register_schema('s2');
SELECT matches(pg_temp.told('two', 's2.orders'), '^refused', 'a table whose name a data set has is refused');
SELECT is(pg_temp.told('two', 's2.items'), 'refused | hangs on s2.orders, which is not registered', 'and what hangs on it, too');

-- Names as long as they can be: no alias is cut down to the table's own name.
CREATE SCHEMA la;
CREATE TABLE la.par (org int, id int, tenant_id int NOT NULL, PRIMARY KEY (org, id));
CREATE TABLE la."注文明細注文明細注文明細注文明細注文明細注" (org int NOT NULL, id int NOT NULL, v text, PRIMARY KEY (org, id), FOREIGN KEY (org, id) REFERENCES la.par);
CREATE TABLE la.rehydra_p1 (id int PRIMARY KEY, org int NOT NULL, pid int NOT NULL, FOREIGN KEY (org, pid) REFERENCES la.par (org, id));
CREATE TABLE la.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (id int PRIMARY KEY, pid int NOT NULL REFERENCES la.rehydra_p1);
INSERT INTO la.par VALUES (1, 1, 1), (1, 2, 2);
INSERT INTO la."注文明細注文明細注文明細注文明細注文明細注" VALUES (1, 1, 'mine'), (1, 2, 'theirs');
INSERT INTO la.rehydra_p1 VALUES (1, 1, 1), (2, 1, 2);
INSERT INTO la.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa VALUES (1, 1), (2, 2);
SELECT count(*) AS registered FROM rehydra_register_schema('la', model => 'la', isolation => 'all') \gset
CREATE ROLE safety_user;
GRANT USAGE ON SCHEMA la TO safety_user;
GRANT ALL ON ALL TABLES IN SCHEMA la TO safety_user;
SELECT is(pg_temp.as_role('safety_user', '1', 'SELECT string_agg(v, '','') FROM la."注文明細注文明細注文明細注文明細注文明細注"'), 'mine', 'a long name shows one tenant''s rows');
SELECT is(pg_temp.as_role('safety_user', '1', 'SELECT count(*) FROM la.rehydra_p1'), '1', 'so does the name that aliases have');
SELECT is(pg_temp.as_role('safety_user', '1', 'SELECT count(*) FROM la.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), '1', 'and what hangs on it');

-- What is left out but referred to is there to be checked.
CREATE SCHEMA x;
CREATE TABLE x.orders (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE x.notes (id int PRIMARY KEY, tenant_id int NOT NULL, order_id int REFERENCES x.orders);
INSERT INTO x.orders VALUES (1, 1), (2, 2);
INSERT INTO x.notes VALUES (1, 1, 1);
CREATE TEMP TABLE left_out AS SELECT * FROM rehydra_register_schema('x', model => 'x', exclude => '{orders}');
SELECT is(pg_temp.told('left_out', 'x.orders'), 'reference | tenant_id | left out by decision, but referred to, not exported; open to everybody else as before', 'a table left out that others refer to is a reference');
UPDATE x.notes SET order_id = 2;
SELECT rehydra_export('1', options => '{"model": "x"}') AS f \gset
UPDATE x.notes SET order_id = 1;
SELECT matches(rehydra_import(:'f', customer_id => '1', options => '{"model": "x"}') ->> 'warnings', 'order', 'a row of a file that points at another tenant''s is told');
SELECT is((SELECT order_id FROM x.notes), NULL, 'and points at nothing');

-- Partitions are part of their table, also where foreign keys name them.
CREATE SCHEMA p;
CREATE TABLE p.owner (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE p.ev (k int, id int, owner_id int NOT NULL REFERENCES p.owner, PRIMARY KEY (k, id)) PARTITION BY LIST (k);
CREATE TABLE p.ev1 PARTITION OF p.ev FOR VALUES IN (1);
ALTER TABLE p.ev1 ADD UNIQUE (id);
CREATE TABLE p.det (id int PRIMARY KEY, ev_id int NOT NULL REFERENCES p.ev1 (id));
CREATE TEMP TABLE parts AS SELECT * FROM rehydra_register_schema('p', model => 'p');
SELECT matches(pg_temp.told('parts', 'p.det'), '^registered . ev_id -> ev.owner_id -> owner.tenant_id', 'a way through a partition is one through its table');
SELECT is((SELECT count(*)::int FROM parts WHERE table_name = 'p.ev1'), 0, 'the partition is no table of its own');
SELECT throws_ok($$SELECT * FROM rehydra_register('p.ev1', model => 'p', tenant_column => 'k')$$, '42809', NULL, 'and cannot be registered');

-- Isolation changed later holds for what was registered before.
CREATE SCHEMA n;
CREATE TABLE n.t (id int PRIMARY KEY, tenant_id int NOT NULL);
INSERT INTO n.t VALUES (1, 1), (2, 2);
GRANT USAGE ON SCHEMA n TO safety_user;
GRANT ALL ON n.t TO safety_user;
SELECT count(*) AS registered FROM rehydra_register_schema('n', model => 'n') \gset
SELECT is(pg_temp.as_role('safety_user', '1', 'SELECT count(*) FROM n.t'), '2', 'isolation worker leaves everybody as before');
SELECT count(*) AS registered FROM rehydra_register_schema('n', model => 'n', isolation => 'all') \gset
SELECT is(pg_temp.as_role('safety_user', '1', 'SELECT count(*) FROM n.t'), '1', 'isolation all asked for later binds everybody');

-- Two models on one table.
CREATE SCHEMA m2;
CREATE TABLE m2.t (id int PRIMARY KEY, customer_id int NOT NULL, partner_id int NOT NULL);
SELECT count(*) AS registered FROM rehydra_register_schema('m2', 'customer_id', 'byc') \gset
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('m2', 'partner_id', 'byp')$$, '55006', NULL, 'a second model must not put its policies in the place of the first one''s');
SELECT lives_ok($$SELECT * FROM rehydra_register_schema('m2', 'customer_id', 'twin')$$, 'unless they are the same');
SELECT matches((SELECT string_agg(u, ' ') FROM rehydra_unregister('m2.t', 'twin') AS u), 'another model needs them', 'and taking one out leaves them');
SELECT is((SELECT count(*)::int FROM pg_policy WHERE polrelid = 'm2.t'::regclass), 3, 'all of them');

-- What a call does not name stays.
CREATE SCHEMA rm;
CREATE TABLE rm.t (id int PRIMARY KEY, tenant_id int, pin text, note text, code text);
SELECT count(*) AS registered FROM rehydra_register('rm.t', model => 'rm', secret_columns => '{pin}', leave_out => '{note}', shared_rows => true,
  headers => '{"code": "The Code"}', checks => '{"c": "code <> ''''"}', order_by => '{code}') \gset
ALTER TABLE rm.t ADD fresh int;
SELECT count(*) AS registered FROM rehydra_register('rm.t', model => 'rm') \gset
SELECT row_eq($$SELECT secret_columns, left_out_columns, shared_rows, order_columns FROM rehydra.datasets WHERE model = 'rm'$$, ROW('{pin}'::text[], '{note}'::text[], true, '{code}'::text[]),
  'registered anew, secrets stay secret, and the rest as it was');
SELECT is((SELECT array_agg(header ORDER BY position) FROM rehydra.sheet_columns WHERE model = 'rm'), '{ID,"The Code",Fresh}', 'headers stay, and what is new comes in');
SELECT is((SELECT count(*)::int FROM rehydra.dataset_checks WHERE model = 'rm'), 1, 'so do rules');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('rm', model => 'rm2', secret_columns => '{"t": "pin"}')$$, '22023', NULL, 'a secret that is no list is refused, not ignored');
SELECT matches((SELECT note FROM rehydra_register_schema('rm', model => 'rm', exclude => '{t}')), 'stays', 'what a call asks of a registered table and does not get is said');
SELECT throws_ok($$SELECT * FROM rehydra_register('rm.t', model => 'rm', checks => '{"e": null}')$$, '22023', NULL, 'a rule without a condition is refused');
SELECT throws_ok($$SELECT * FROM rehydra_register('rm.t', model => 'rm', headers => '[]')$$, '22023', NULL, 'headers that are no object are refused');

-- Taken out, nobody acts on it any more.
SELECT is(has_table_privilege('rehydra_worker', 'rm.t', 'SELECT'), true, 'the acting role has its privileges');
SELECT count(*) AS told FROM rehydra_unregister('rm.t', 'rm') \gset
SELECT is(has_table_privilege('rehydra_worker', 'rm.t', 'SELECT'), false, 'and loses them with the registration');

-- Shared rows of a parent are nobody's to hang on, whichever was registered first.
CREATE SCHEMA h;
CREATE TABLE h.p (id int PRIMARY KEY, tenant_id int);
CREATE TABLE h.c (id int PRIMARY KEY, p_id int NOT NULL REFERENCES h.p);
INSERT INTO h.p VALUES (1, NULL);
INSERT INTO h.c VALUES (1, 1);
SELECT count(*) AS registered FROM rehydra_register_schema('h', model => 'h') \gset
SELECT is((SELECT note FROM rehydra_coverage('h') WHERE table_name = 'h.c' AND class = 'homeless rows'), '1 rows lead to no tenant and are never exported', 'rows that hang on rows of nobody are counted');
SELECT count(*) AS registered FROM rehydra_register('h.p', model => 'h', shared_rows => true) \gset
SELECT is(pg_temp.changed('rehydra_worker', '1', 'DELETE FROM h.c'), '0', 'what hangs on a row shared later cannot be deleted');
SELECT throws_ok($$SELECT * FROM rehydra_register('h.c', model => 'h', shared_rows => true)$$, '42P16', NULL, 'without a tenant column there are no shared rows');

-- A way that every row has comes before one that rows may lack, however short.
CREATE SCHEMA w;
CREATE TABLE w.users (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE w.blogs (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE w.posts (id int PRIMARY KEY, blog_id int NOT NULL REFERENCES w.blogs);
CREATE TABLE w.comments (id int PRIMARY KEY, post_id int NOT NULL REFERENCES w.posts, user_id int REFERENCES w.users);
CREATE TABLE w.cats (id int PRIMARY KEY, tenant_id int);
CREATE TABLE w.subs (id int PRIMARY KEY, post_id int NOT NULL REFERENCES w.posts, cat_id int NOT NULL REFERENCES w.cats);
CREATE TEMP TABLE ways AS SELECT * FROM rehydra_register_schema('w', model => 'w', shared => '{cats}');
SELECT matches(pg_temp.told('ways', 'w.comments'), '^registered . post_id -> posts', 'the way by NOT NULL');
SELECT matches(pg_temp.told('ways', 'w.subs'), '^registered . post_id -> posts', 'and not the one to rows that may be shared');

-- NULL means what it says in the documentation: the default.
CREATE SCHEMA z;
CREATE TABLE z.t (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE z.c (id int PRIMARY KEY, t_id int NOT NULL REFERENCES z.t);
SELECT is((SELECT count(*)::int FROM rehydra_register_schema('z', NULL, 'z', exclude => NULL, paths => NULL, secret_columns => NULL, shared => NULL, dry_run => NULL) WHERE action = 'registered'), 2, 'NULL arguments are the defaults');
SELECT is((SELECT relrowsecurity FROM pg_class WHERE oid = 'z.c'::regclass), true, 'protection included');

-- One odd table keeps no other out.
CREATE SCHEMA o;
CREATE TABLE o.fine (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE o.generated_key (tenant_id int NOT NULL, a int, id int GENERATED ALWAYS AS (a * 2) STORED PRIMARY KEY);
CREATE TABLE o.keyless (tenant_id int, code text UNIQUE);
CREATE TABLE o.refers (id int PRIMARY KEY, tenant_id int NOT NULL, code text REFERENCES o.keyless (code));
CREATE TABLE o.headers (id int PRIMARY KEY, tenant_id int NOT NULL, a int, "A" int, "A (2)" int);
CREATE TABLE o.of_text (id int PRIMARY KEY, tenant_id text NOT NULL);
CREATE TEMP TABLE odd AS SELECT * FROM rehydra_register_schema('o', model => 'o');
SELECT is((SELECT array_agg(table_name || ' ' || action ORDER BY table_name) FROM odd),
  '{"o.fine registered","o.generated_key refused","o.headers registered","o.keyless refused","o.of_text refused","o.refers registered"}', 'odd tables are refused one by one');
SELECT matches(pg_temp.told('odd', 'o.of_text'), 'is of type text, and the model''s tenants are integer', 'each with its reason');

-- A table may be the first of its model.
CREATE TABLE z.first (id int PRIMARY KEY, tenant_id int NOT NULL);
SELECT is((SELECT tenant FROM rehydra_register('z.first', model => 'first')), 'tenant_id', 'the first table of a model needs no more words than others');
SELECT * FROM finish();
ROLLBACK;
