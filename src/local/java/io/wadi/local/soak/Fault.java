package io.wadi.local.soak;

import java.time.Duration;
import java.util.Locale;

/**
 * Something that goes wrong in a run, and is made good again.
 *
 * @param number from 1, in the order of time
 * @param at when, since the begin of the run
 * @param what it is
 * @param member which of a role's processes, from 1; 1 where it is a server
 * @param lasts how long until what was frozen goes on, and what was ended is started again
 */
record Fault(int number, Duration at, What what, int member, Duration lasts) {

    /** The kinds of faults. */
    enum What {
        KILL_INGEST("%s killed (-9)", Role.INGEST),
        KILL_LANDING("%s killed (-9)", Role.LANDING),
        KILL_INDEXING("%s killed (-9)", Role.INDEXING),
        FREEZE_INGEST("%s frozen", Role.INGEST),
        FREEZE_LANDING("%s frozen", Role.LANDING),
        FREEZE_INDEXING("%s frozen", Role.INDEXING),
        KILL_KAFKA("Kafka killed (-9)", null),
        KILL_HDFS("HDFS killed (-9)", null),
        STOP_ELASTICSEARCH("Elasticsearch stopped", null);

        private final String text;
        private final Role role;

        What(String text, Role role) {
            this.text = text;
            this.role = role;
        }

        /** The role it befalls; null where it is a server. */
        Role role() {
            return role;
        }

        /** Whether it ends a process, rather than freezing it. */
        boolean ends() {
            return !name().startsWith("FREEZE");
        }
    }

    /** What happens, such as {@code landing-1 killed (-9)}. */
    String text() {
        return what.role == null ? what.text : what.text.formatted(process());
    }

    /** The name of the process that it befalls. */
    String process() {
        return what.role.word() + "-" + member;
    }

    /** The line of the plan. */
    String line() {
        return String.format(
                Locale.ROOT, "%2d. at %s: %s for %d s", number, clock(at.toMillis() / 1e3), text(), lasts.toSeconds());
    }

    /** Minutes and seconds, such as {@code 07:05}. */
    static String clock(double seconds) {
        long whole = (long) seconds;
        return String.format(Locale.ROOT, "%02d:%02d", whole / 60, whole % 60);
    }
}
