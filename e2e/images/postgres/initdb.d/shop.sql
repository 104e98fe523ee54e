CREATE DATABASE shop;
\connect shop
CREATE TABLE fruit (name text PRIMARY KEY, price numeric(6, 2) NOT NULL);
INSERT INTO fruit VALUES ('apple', 0.45), ('pear', 0.60), ('quince', 1.20);
