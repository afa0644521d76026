package io.wadi.testing;

import io.wadi.local.LocalHdfs;
import io.wadi.local.LocalServer;
import io.wadi.local.ServerPorts;
import java.util.Optional;

/**
 * Running servers that many tests use, wherever they run.
 *
 * @param ports where the servers are
 * @param kafka the broker; a test that stops it starts it again
 * @param hdfs HDFS in this JVM; empty for a container
 */
public record SharedServers(ServerPorts ports, LocalServer kafka, Optional<LocalHdfs> hdfs) {}
