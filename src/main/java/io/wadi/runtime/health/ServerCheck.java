package io.wadi.runtime.health;

import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.Prober.Probe;

/**
 * A health check that sends requests to a server.
 *
 * @param use the effect while the check is down
 * @param where the server, for messages
 * @param next what happens next while the check is down, for messages
 */
public record ServerCheck(String id, Use use, String where, String next, Probe probe) {}
