/** The Kafka REST API, version 2, at {@code /topics}: the API of Confluent's REST Proxy and Strimzi's bridge. */
package io.wadi.ingest.rest;
