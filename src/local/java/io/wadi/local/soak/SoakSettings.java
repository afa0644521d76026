package io.wadi.local.soak;

import java.time.Duration;
import java.util.List;

/** The settings of a run's processes that differ from the defaults. */
final class SoakSettings {
    static final String TOPIC = "select-color";
    static final String INDEX = "soak";
    static final String DIRECTORY = "/soak";
    /** The maximum age of open files. */
    static final Duration ROLL_EVERY = Duration.ofSeconds(5);
    /** The session timeout of consumer groups; Kafka's default is 45 s. */
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    private SoakSettings() {}

    /** Returns the consumer group of a role. */
    static String group(Role role) {
        return "soak-" + role.label();
    }

    /**
     * Returns the JVM options of each process. The heap is allocated at the start, so that memory growth is not heap
     * growth.
     */
    static List<String> options(String brokers, String hdfs, String elasticsearch) {
        return List.of(
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-Dwadi.kafka.brokers=" + brokers,
                "-Dwadi.hdfs.uri=" + hdfs,
                "-Dwadi.elasticsearch.hosts=" + elasticsearch,
                "-Dwadi.landing.topics=" + TOPIC,
                "-Dwadi.landing.group=" + group(Role.LANDING),
                "-Dwadi.landing.directory=" + DIRECTORY,
                "-Dwadi.landing.replication=1",
                "-Dwadi.landing.roll-interval=" + ROLL_EVERY.toSeconds() + "s",
                "-Dwadi.indexing.topic=" + TOPIC,
                "-Dwadi.indexing.index=" + INDEX,
                "-Dwadi.indexing.group=" + group(Role.INDEXING),
                "-Dcamel.component.kafka.session-timeout-ms=" + SESSION_TIMEOUT.toMillis(),
                "-Dcamel.component.kafka.heartbeat-interval-ms=" + SESSION_TIMEOUT.toMillis() / 5,
                // A member that crashes while it joins delays the others for this time.
                "-Dcamel.component.kafka.max-poll-interval-ms=30000");
    }
}
