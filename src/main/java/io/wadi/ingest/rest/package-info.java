/** The Kafka REST convention, version 2, as REST Proxy and Strimzi's bridge have it: {@code /topics}. */
package io.wadi.ingest.rest;
