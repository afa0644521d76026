package io.wadi.local.soak;

import java.time.Duration;
import java.util.List;

/** What the processes of a run are set to, where that is not what is shipped. */
final class SoakSettings {
    static final String TOPIC = "select-color";
    static final String INDEX = "soak";
    static final String DIRECTORY = "/soak";
    /** So long nothing need be landed where all goes well. */
    static final Duration ROLL_EVERY = Duration.ofSeconds(5);
    /** After so long a process that says nothing is dead to its group; 45 s as Kafka's client ships. */
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    private SoakSettings() {}

    /** The consumer group of a role. */
    static String group(Role role) {
        return "soak-" + role.word();
    }

    /** The options of each process. The heap is there from the begin, so that what memory grows by is not the heap. */
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
                // A member that dies while it joins holds up the others for as long as this.
                "-Dcamel.component.kafka.max-poll-interval-ms=30000");
    }
}
