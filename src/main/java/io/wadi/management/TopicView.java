package io.wadi.management;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A read-only view of a sink for the management port. Implementations are thread-safe. */
public interface TopicView {
    /**
     * Returns the sink's copy of a record, masked and serializable as JSON; empty if the record has not arrived yet.
     */
    Optional<?> find(String topic, int partition, long offset) throws IOException;

    /**
     * Landed files. Results are serializable as JSON. Methods throw {@link IllegalArgumentException} for an invalid
     * name and {@link FileNotFoundException} for an unknown one.
     */
    interface Files extends TopicView {
        /** The topics that have landed. */
        Object topics() throws IOException;

        Object files(String topic) throws IOException;

        /** The first and last records of a file, by its path below the topic's directory. */
        Object preview(String topic, String file) throws IOException;

        /** Audits whether each offset of the topic has landed exactly once. */
        Object audit(String topic) throws IOException, InterruptedException;
    }

    /** Indexed documents. */
    interface Documents extends TopicView {
        /** The URL of Elasticsearch, for browsers. */
        String url();

        List<IndexingRoute> routes();

        /** Counts the documents of an index or of all indexes that match a pattern; empty if there is none. */
        OptionalLong count(String index) throws IOException;
    }

    /**
     * A route of this process that indexes.
     *
     * @param topics the topics that it reads; empty: those with committed offsets of its group
     * @param index the index that it writes to, or a pattern
     */
    record IndexingRoute(String route, List<String> topics, String group, String index) {}
}
