/**
 * Kafka Connect's own worker: reads its files as Kafka's scripts do, rejects what the worker would ignore, and gives the reason of a
 * failure in one line.
 */
package io.wadi.extension.worker;
