package io.wadi.runtime.health;

import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.Prober.Probe;

/**
 * A health check that asks a server for proof.
 *
 * @param id its name in health
 * @param use what an unhealthy one changes
 * @param where the server, for messages
 * @param next what happens next while it is unhealthy, for messages
 * @param probe asks
 */
public record ServerCheck(String id, Use use, String where, String next, Probe probe) {}
