/**
 * Kafka clusters that MirrorMaker 2 keeps copies between: its file and what is wrong in it, how far each flow is, and where
 * consumers go on when a cluster is lost. MirrorMaker itself runs elsewhere; this looks at what it leaves in the clusters.
 */
package io.wadi.extension.mirror;
