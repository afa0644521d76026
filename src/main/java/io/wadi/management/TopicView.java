package io.wadi.management;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the management port shows of a place where the records of topics end. Implementations are thread-safe. */
public interface TopicView {
    /** What is found there of a record, in a form that becomes JSON and may be shown; empty where the record is not there yet. */
    Optional<?> find(String topic, int partition, long offset) throws IOException;

    /**
     * Landed files. Answers are in a form that becomes JSON; all throw {@link IllegalArgumentException} where nothing can have the
     * name, and {@link FileNotFoundException} where nothing does.
     */
    interface Files extends TopicView {
        /** All topics that have landed. */
        Object topics() throws IOException;

        /** The files of a topic. */
        Object files(String topic) throws IOException;

        /** What is in a file that stands below its topic's directory. */
        Object look(String topic, String file) throws IOException;

        /** Whether all of a topic has landed once. */
        Object audit(String topic) throws IOException, InterruptedException;
    }

    /** Indexed documents. */
    interface Documents extends TopicView {
        /** Where a browser finds the index server. */
        String url();

        /** The routes of this process that index. */
        List<IndexingRoute> routes();

        /** How many documents an index, or all that a pattern matches, has; empty where there is none. */
        OptionalLong count(String index) throws IOException;
    }

    /**
     * A route that indexes.
     *
     * @param topics that it reads; empty: those that its group has committed offsets of
     * @param index that it writes, or the pattern of those
     */
    record IndexingRoute(String route, List<String> topics, String group, String index) {}
}
