/** Makes the Kafka clients of all routes and of everything beside them, and sets them in Camel. */
package io.wadi.kafka.client;
