package org.apache.hadoop.shaded.org.apache.zookeeper;

/**
 * What hadoop-client-minicluster leaves out of the ZooKeeper in it, and ZooKeeper's client, in it as well, cannot be
 * loaded without: the failover controller of HDFS is such a client. As in ZooKeeper 3.8.
 */
public interface Testable {
    /** Injects a session expiration into the client. */
    void injectSessionExpiration();

    /** Gives the client an event. */
    void queueEvent(WatchedEvent event);
}
