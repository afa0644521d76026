-- A table to read from and one to write to: docs/how-to/connectors.md#copy-a-table-to-a-topic-and-back.
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL,
  amount numeric(10, 2) NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON shop.orders (updated_at, id);

CREATE SCHEMA reports;
CREATE TABLE reports.orders (
  id bigint PRIMARY KEY,
  customer text NOT NULL,
  amount numeric(10, 2) NOT NULL CHECK (amount >= 0),
  updated_at timestamptz NOT NULL
);
