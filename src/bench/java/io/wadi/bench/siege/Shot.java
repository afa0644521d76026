package io.wadi.bench.siege;

/**
 * One shot: a piece of bytes that a hostile client sends.
 *
 * @param target the target
 * @param number the number of the shot among all connections of the kind, from 0
 * @param onConnection the number of the shot on its connection, from 0
 */
record Shot(Target target, long number, int onConnection) {}
