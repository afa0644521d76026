/** What every flow shares at Kafka: how records are handed to a route, committed, retried and put aside. */
package io.wadi.kafka;
