/** The Kafka clients of all routes and commands, and their configuration in Camel. */
package io.wadi.kafka.client;
