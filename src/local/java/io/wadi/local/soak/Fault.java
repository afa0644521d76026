package io.wadi.local.soak;

import java.time.Duration;
import java.util.Locale;

/**
 * An injected fault and its repair.
 *
 * @param number from 1, ordered by time
 * @param at the time since the start of the run
 * @param what the kind of fault
 * @param member the number of the role's process, from 1; 1 for a server
 * @param lasts the time until the process is resumed or restarted
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

        /** Returns the affected role; null for a server. */
        Role role() {
            return role;
        }

        /** Returns whether it ends a process instead of freezing it. */
        boolean ends() {
            return !name().startsWith("FREEZE");
        }
    }

    /** Returns a description such as {@code landing-1 killed (-9)}. */
    String text() {
        return what.role == null ? what.text : what.text.formatted(process());
    }

    /** Returns the name of the affected process. */
    String process() {
        return what.role.label() + "-" + member;
    }

    /** Returns the line of the plan. */
    String line() {
        return String.format(
                Locale.ROOT, "%2d. at %s: %s for %d s", number, clock(at.toMillis() / 1e3), text(), lasts.toSeconds());
    }

    /** Formats minutes and seconds such as {@code 07:05}. */
    static String clock(double seconds) {
        long whole = (long) seconds;
        return String.format(Locale.ROOT, "%02d:%02d", whole / 60, whole % 60);
    }
}
