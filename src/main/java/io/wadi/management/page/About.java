package io.wadi.management.page;

/**
 * What the page says of this instance.
 *
 * @param version of Wadi
 * @param commit that Wadi was built from, {@code unknown} where there was none
 * @param eventsUrl where events are sent to
 * @param kafka its bootstrap servers
 * @param hdfs the file system landed files stand in
 * @param hdfsWeb WebHDFS, for links
 * @param elasticsearch its first host
 * @param deadLetters the topic of what failed
 * @param alerts the topic of alerts' changes
 * @param restarts how often a supervisor has started this process again
 * @param restartCause how the process before ended; empty where that is not known
 * @param rollEvery how long a landed file takes to become visible at most, ISO-8601
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
        String rollEvery) {}
