package io.wadi.management;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A sink of topics as the management port shows it. Implementations are thread-safe. */
public interface TopicView {
    /** Returns what the sink has of a record, masked and serializable as JSON; empty if the record has not arrived yet. */
    Optional<?> find(String topic, int partition, long offset) throws IOException;

    /**
     * Landed files. Results are serializable as JSON. Methods throw {@link IllegalArgumentException} for an invalid name and
     * {@link FileNotFoundException} if nothing has it.
     */
    interface Files extends TopicView {
        /** All topics that have landed. */
        Object topics() throws IOException;

        /** The files of a topic. */
        Object files(String topic) throws IOException;

        /** The first records of a file, by its path below the directory of the topic. */
        Object look(String topic, String file) throws IOException;

        /** The result of an audit: whether each offset of the topic has landed exactly once. */
        Object audit(String topic) throws IOException, InterruptedException;
    }

    /** Indexed documents. */
    interface Documents extends TopicView {
        /** The URL of Elasticsearch, for browsers. */
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
