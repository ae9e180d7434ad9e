-- The two database roles: timebank_owner owns the database and migrates it, timebank_app is what the web and the workers are.
-- Run by psql as a superuser, with OWNER_PASSWORD and APP_PASSWORD in the environment; running it again changes nothing.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM (VALUES ('timebank_owner'), ('timebank_app')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- CREATEDB: a restore and the tests make databases of their own.
ALTER ROLE timebank_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE timebank_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE PASSWORD :'app_password';
-- django-pgtrigger's triggers ask for this setting at every row; where it is missing they catch an error, 200 µs each time.
ALTER ROLE timebank_owner SET pgtrigger.ignore TO '{}';
ALTER ROLE timebank_app SET pgtrigger.ignore TO '{}';

SELECT 'CREATE DATABASE timebank OWNER timebank_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'timebank') \gexec

-- Default privileges belong to one database, and a new database copies its template's: so test databases have them too.
\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE timebank_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO timebank_app;
ALTER DEFAULT PRIVILEGES FOR ROLE timebank_owner GRANT USAGE, SELECT ON SEQUENCES TO timebank_app;
\connect timebank
ALTER DEFAULT PRIVILEGES FOR ROLE timebank_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO timebank_app;
ALTER DEFAULT PRIVILEGES FOR ROLE timebank_owner GRANT USAGE, SELECT ON SEQUENCES TO timebank_app;
