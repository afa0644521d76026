/** Health and metrics of the partitions that this process reads. */
package io.wadi.kafka.partitions;
