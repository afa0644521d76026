/**
 * Monitoring and failover of Kafka clusters that MirrorMaker 2 replicates: its configuration file, the lag of its
 * flows, and the translation of consumer offsets. MirrorMaker itself runs elsewhere; this package reads its internal
 * topics.
 */
package io.wadi.extension.mirror;
