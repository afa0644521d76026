/** The rules of alerts in force: a topology of Kafka Streams that asks them, and what tells it that hosts are silent. */
package io.wadi.metrics.alerts.flow;
