package io.wadi.bench.siege;

/**
 * One sending of a hostile client.
 *
 * @param target where it goes
 * @param number counts the sendings of all connections of the kind, from 0
 * @param onConnection counts those of this connection, from 0
 */
record Shot(Target target, long number, int onConnection) {}
