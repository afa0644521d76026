package io.wadi.testing;

import io.wadi.local.LocalServer;
import io.wadi.local.ServerPorts;

/**
 * Running servers that many tests use, wherever they run.
 *
 * @param ports where the servers are
 * @param kafka the broker; a test that stops it starts it again
 */
public record SharedServers(ServerPorts ports, LocalServer kafka) {}
