package io.wadi.management.page;

/**
 * The version, servers and topics of this instance, for the page.
 *
 * @param commit the commit that Wadi was built from, or {@code unknown}
 * @param eventsUrl the base URL of the event endpoint
 * @param kafka the bootstrap servers
 * @param hdfs the URI of the file system of landed files
 * @param hdfsWeb the URL of WebHDFS, for links
 * @param elasticsearch the URL of the first host
 * @param deadLetters the dead-letter topic
 * @param alerts the topic of alert state changes
 * @param restarts the number of restarts by a supervisor
 * @param restartCause why the previous process ended; empty if unknown
 * @param rollInterval the maximum time before a landed file is published, as ISO-8601 duration
 */
public record About(
        String version,
        String commit,
        String eventsUrl,
        String kafka,
        String hdfs,
        String hdfsWeb,
        String elasticsearch,
        String deadLetters,
        String alerts,
        long restarts,
        String restartCause,
        String rollInterval) {}
