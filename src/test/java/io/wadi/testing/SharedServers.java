package io.wadi.testing;

/** Running servers that many tests use, wherever they run. */
public interface SharedServers {

    /** Where the servers are. */
    ServerPorts ports();

    /** The broker. Who stops it starts it again. */
    LocalServer kafka();
}
