/**
 * Kafka Connect's own worker: reads its files as Kafka's scripts do, rejects settings that the worker would ignore, and
 * reports the reason for a failure in one line.
 */
package io.wadi.extension.worker;
