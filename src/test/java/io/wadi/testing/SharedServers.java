package io.wadi.testing;

import io.wadi.local.LocalHdfs;
import io.wadi.local.LocalServer;
import io.wadi.local.ServerPorts;
import java.util.Optional;

/**
 * Running servers that many tests share.
 *
 * @param ports the ports of the servers
 * @param kafka the broker; a test that stops it starts it again
 * @param hdfs HDFS in this JVM; empty if it runs in a container
 */
public record SharedServers(ServerPorts ports, LocalServer kafka, Optional<LocalHdfs> hdfs) {}
